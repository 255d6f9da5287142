import { expect, test } from 'vitest'
import { startTestApp } from '../helpers/app.ts'
import { createTestClock, HOUR, MINUTE } from '../helpers/clock.ts'

test.each([2038, 2100])('what works now works in %i', async (year) => {
  const app = await startTestApp({ clock: createTestClock(Date.UTC(year, 0, 19, 3, 10)) })
  for (let beat = 0; beat < 6; beat++) {
    await app.beat('api')
    await app.live(MINUTE)
  }
  await app.live(HOUR)
  const { services } = await app.api.status.query({})
  expect(services[0]).toMatchObject({ status: 'down', statusSince: `${year}-01-19T03:17:00.000+00:00` })
  expect(app.told.map(({ title }) => title)).toEqual([expect.stringContaining('Api')])
})
