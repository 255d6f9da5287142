import { expect, test } from 'vitest'
import { rhythmWords } from '../../server/text/rhythm.ts'
import { startTestApp } from '../helpers/app.ts'
import { cli } from '../helpers/cli.ts'
import { createTestClock, DAY, HOUR, MINUTE } from '../helpers/clock.ts'
import { learnFiveMinutes } from '../helpers/rhythm.ts'

/** Ten in the evening in UTC, and eleven in Berlin. */
const EVENING = Date.UTC(2026, 10, 23, 22)

const rhythms = {
  backup: 'daily 03:00 Berlin',
  failed: '4 more heartbeats to learn',
  learned: 'usually every 5 min',
  minutely: 'every 5 min',
  new: '3 more heartbeats to learn',
  odd: 'cron 10-50/20 2 * * * Kolkata',
  paused: 'weekly Mon 09:00 Berlin',
}

test('every door says with the same words when a service is expected', async () => {
  const app = await startTestApp({ clock: createTestClock(EVENING - 15 * MINUTE), env: { TIMEZONE: 'Europe/Berlin' } })
  const { api } = app
  await learnFiveMinutes(app, 'learned')
  await api.services.configure.mutate({ serviceKey: 'backup', schedule: '0 3 * * *' })
  await api.services.configure.mutate({ serviceKey: 'odd', schedule: '10-50/20 2 * * *', timezone: 'Asia/Kolkata' })
  await api.services.configure.mutate({ serviceKey: 'paused', schedule: '0 9 * * 1' })
  await api.services.pause.mutate({ serviceKey: 'paused' })
  await api.services.configure.mutate({ serviceKey: 'minutely', expectedPeriodSeconds: 300 })
  await app.beat('minutely')
  await app.beat('new')
  await api.signal.mutate({ serviceKey: 'failed', kind: 'fail' })

  const { services } = await api.status.query()
  const told = services.map((service) => [service.serviceKey, rhythmWords(service)])
  expect(Object.fromEntries(told)).toEqual(rhythms)
  const declared = services.map(({ serviceKey, schedule, timezone, expectedPeriodSeconds, nextDue }) => {
    return [serviceKey, schedule ?? expectedPeriodSeconds, timezone, nextDue]
  })
  expect(declared.filter(([, schedule]) => schedule !== undefined)).toEqual([
    ['backup', '0 3 * * *', 'Europe/Berlin', '2026-11-24T03:00:00.000+01:00'],
    ['minutely', 300, undefined, undefined],
    ['odd', '10-50/20 2 * * *', 'Asia/Kolkata', '2026-11-24T21:40:00.000+01:00'],
    ['paused', '0 9 * * 1', 'Europe/Berlin', undefined],
  ])

  const raw = (await (await app.fetch('/status?service_key=backup')).json()) as { services: object[] }
  expect(raw.services[0]).toMatchObject({
    ...{ schedule: '0 3 * * *', timezone: 'Europe/Berlin', next_due: '2026-11-24T03:00:00.000+01:00' },
    schedule_readable: 'daily 03:00 Berlin',
  })
  expect(services.find(({ serviceKey }) => serviceKey === 'learned')).not.toHaveProperty('schedule')

  // The table has no other room to say why it is down.
  const inTable = { ...rhythms, failed: 'failed', backup: `${rhythms.backup}, next in 4 h` }
  const { stdout } = await cli(['status', '--url', app.url])
  for (const [key, words] of Object.entries(inTable)) {
    expect(stdout.toString().split('\n')).toContainEqual(
      expect.stringMatching(new RegExp(` ${escaped(words)}.* ${key}$`)),
    )
  }
  expect(stdout.toString()).not.toMatch(/never|by schedule/)
  expect((await api.summary.query()).messages[0]?.body).toContain('Backup (daily 03:00 Berlin)')
})

test('the next due time is right each time that it is asked for, also once it has passed and before that again', async () => {
  const app = await startTestApp({ clock: createTestClock(EVENING) })
  await app.api.services.configure.mutate({ serviceKey: 'backup', schedule: '0 3 * * *' })
  const next = async () => (await app.api.status.query()).services[0]?.nextDue?.slice(0, 16)
  const seen = [await next()]
  for (const ms of [5 * HOUR - 1, 1, DAY, -2 * DAY]) {
    app.clock.jump(ms)
    seen.push(await next())
  }
  expect(seen).toEqual([
    '2026-11-24T03:00',
    '2026-11-24T03:00',
    '2026-11-25T03:00',
    '2026-11-26T03:00',
    '2026-11-24T03:00',
  ])
  await app.api.services.configure.mutate({ serviceKey: 'backup', timezone: 'Asia/Kolkata' })
  expect(await next()).toBe('2026-11-23T21:30')
})

const escaped = (text: string) => text.replaceAll(/[*/]/g, '\\$&')
