import { afterAll, expect, test } from 'vitest'
import { startTestApp } from '../helpers/app.ts'

const app = await startTestApp({ env: { TIMEZONE: 'Europe/Berlin' }, stopAfter: afterAll })
const ask = (input: Parameters<typeof app.api.schedulePreview.query>[0]) => app.api.schedulePreview.query(input)

test('a cron line is shown as its next five times, in its own zone', async () => {
  const { next, ...rest } = await ask({ schedule: '30 2 * * *', timezone: 'Asia/Kolkata', graceSeconds: 600 })
  expect(rest).toEqual({
    fault: null,
    sentence: 'next due on Tue, 24 Nov 2026, 02:30 (Asia/Kolkata), in 9 h; down if nothing has come 10 min later',
  })
  expect(next).toHaveLength(5)
  expect(next[4]).toEqual({
    at: '2026-11-27T22:00:00.000+01:00',
    text: 'Sat, 28 Nov 2026, 02:30',
    downAfter: '2026-11-27T22:10:00.000+01:00',
  })
})

test('a period begins now', async () => {
  const { next, sentence } = await ask({ expectedPeriodSeconds: 90 })
  expect(sentence).toBe('expected every 2 min; down after 3 min of silence')
  expect(next[1]).toEqual({
    at: '2026-11-23T13:03:00.000+01:00',
    text: 'Mon, 23 Nov 2026, 13:03',
    downAfter: '2026-11-23T13:04:30.000+01:00',
  })
})

test('no schedule at all is a rhythm that is learned', async () => {
  expect(await ask({ schedule: null })).toEqual({
    fault: null,
    sentence: 'the rhythm is learned; down after twice the usual gap',
    next: [],
  })
})

test.each([
  [{ schedule: '61 * * * *' }, /^schedule is not a cron line such as/],
  [{ schedule: '0 0 30 2 *' }, /^schedule is not a cron line .* never due again/],
  [{ schedule: '* * * * *', timezone: 'Mars/Base' }, /^timezone must be a time zone/],
  [{ schedule: '* * * * *', expectedPeriodSeconds: 5 }, /^give either/],
  [{ expectedPeriodSeconds: -1 }, /^expectedPeriodSeconds must be at least/],
  [{ expectedPeriodSeconds: 60, graceSeconds: 1e12 }, /^graceSeconds must be at least 0 s and at most/],
])('%o is answered with what is wrong', async (input, fault) => {
  expect(await ask(input)).toEqual({ fault: expect.stringMatching(fault), sentence: null, next: [] })
})
