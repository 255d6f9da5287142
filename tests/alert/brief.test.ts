import { expect, test } from 'vitest'
import type { TestApp } from '../helpers/app.ts'
import { startWithBoth } from '../helpers/both.ts'
import { HOUR, MINUTE, SECOND } from '../helpers/clock.ts'
import { transitionsOf } from '../helpers/rhythm.ts'

const GROUP = 10 * SECOND

/** A webhook and a chat. Each service is expected every minute and goes down at once when it is late. */
async function start({ env = {}, keys = ['backup'] }: { env?: Record<string, string>; keys?: string[] } = {}) {
  const both = await startWithBoth(env)
  for (const serviceKey of keys) {
    await both.app.api.services.configure.mutate({ serviceKey, expectedPeriodSeconds: 60, graceSeconds: 0 })
    await both.app.beat(serviceKey)
  }
  return both
}

/** Lets a service be late by some time, from a beat to the next. */
async function beLate(app: TestApp, ms: number, ...keys: string[]): Promise<void> {
  await app.live(MINUTE + ms)
  for (const key of keys) await app.beat(key)
  await app.settled()
}

const pauseAll = async (app: TestApp, ...keys: string[]) => {
  for (const serviceKey of keys) await app.api.services.pause.mutate({ serviceKey })
}
const fail = async (app: TestApp, message?: string) => {
  await app.api.signal.mutate({ serviceKey: 'backup', kind: 'fail', message })
  await app.settled()
}

test('what is over before its message is made is told in one, with its true length', async () => {
  const { app, chat, events, heard } = await start()
  await beLate(app, 3 * SECOND, 'backup')
  await app.live(GROUP)
  expect(chat.texts()).toEqual(['🟢 Backup was down\nfor 3 s, 12:01:00 to 12:01:03, silent since 12:00:00'])
  expect(heard()).toEqual(['recovered'])
  expect(events[0]?.data.services).toMatchObject([
    { down_since: '2026-11-23T12:01:00.000+00:00', down_seconds: 3, close_reason: 'recovered', reason: 'silence' },
  ])
  await app.beat('backup')
  await pauseAll(app, 'backup')
  await app.live(HOUR)
  expect(heard()).toEqual(['recovered'])
  expect(await transitionsOf(app)).toHaveLength(3)
})

test('a job that fails and succeeds in the same breath is told in one message', async () => {
  const { app, chat } = await start()
  await fail(app, 'disk full')
  await app.live(4 * SECOND)
  await app.beat('backup')
  await app.live(GROUP)
  expect(chat.texts()).toEqual(['🟢 Backup was down\nfor 4 s, 12:00:00 to 12:00:04, failed: disk full'])
})

test('over the turn of a minute it is told in seconds, and less than a second in milliseconds', async () => {
  const { app, chat } = await start()
  await app.live(58 * SECOND)
  await fail(app)
  await app.live(4 * SECOND)
  await app.beat('backup')
  await beLate(app, 57, 'backup')
  await pauseAll(app, 'backup')
  await app.live(GROUP + SECOND)
  expect(chat.texts()).toEqual([
    '🟢 Backup was down\nfor 4 s, 12:00:58 to 12:01:02, failed',
    '🟢 Backup was down\nfor 0.057 s, 12:02:02.000 to 12:02:02.057, silent since 12:01:02',
  ])
})

test('several of them share a message, also with a recovery of what was told', async () => {
  const keys = ['one', 'two', 'three']
  const { app, chat } = await start({ keys })
  await app.live(MINUTE + 3 * SECOND)
  await app.beat('one')
  await app.live(SECOND)
  await app.beat('two')
  await app.live(GROUP)
  await app.beat('two')
  await app.beat('one')
  await beLate(app, SECOND, 'one', 'two', 'three')
  await pauseAll(app, ...keys)
  await app.live(GROUP)
  expect(chat.texts().slice(1)).toEqual([
    `🟢 2 services were down
• One — for 3 s, 12:01:00 to 12:01:03, silent since 12:00:00
• Two — for 4 s, 12:01:00 to 12:01:04, silent since 12:00:00`,
    `🟢 3 services are alive again
• Three — was down for 1 min, 12:01 to 12:02
• One — was down for 1 s, 12:02:14 to 12:02:15, silent since 12:01:14
• Two — was down for 1 s, 12:02:14 to 12:02:15, silent since 12:01:14`,
  ])
})

test('what is muted before its message is made is not told, and ends by nothing', async () => {
  const { app, heard } = await start()
  await beLate(app, 3 * SECOND, 'backup')
  await app.api.services.configure.mutate({ serviceKey: 'backup', alertsEnabled: false })
  await app.live(GROUP)
  await app.api.services.configure.mutate({ serviceKey: 'backup', alertsEnabled: true })
  await pauseAll(app, 'backup')
  await app.live(HOUR)
  expect(heard()).toEqual([])
})

test.each<[string, (app: TestApp) => Promise<unknown>]>([
  ['paused', (app) => app.api.services.pause.mutate({ serviceKey: 'backup' })],
  ['removed', (app) => app.api.services.remove.mutate({ serviceKey: 'backup' })],
])('what is %s before its message is made is not told', async (_title, end) => {
  const { app, heard } = await start()
  await app.live(MINUTE + 3 * SECOND)
  await end(app)
  await app.live(HOUR)
  expect(heard()).toEqual([])
})

test('a service that is late in each breath is told five times, as flapping at last, and once it is steady', async () => {
  const { app, chat, events, heard } = await start()
  for (let time = 0; time < 9; time++) await beLate(app, SECOND, 'backup')
  expect(heard()).toEqual(['recovered', 'recovered', 'recovered', 'recovered', 'down'])
  expect(events[4]?.title).toBe('🔁 Backup is flapping')
  expect(chat.texts()[4]).toMatchInlineSnapshot(`
    "✅ Backup was down
    was down for 1 s, 12:05:04 to 12:05:05, silent since 12:04:04; it is flapping (5 incidents within an hour), so you hear of it again only if it stays down for 30 minutes
    🟢 alive again at 12:05, after 1 s"
  `)
  await app.api.services.configure.mutate({ serviceKey: 'backup', expectedPeriodSeconds: 86_400 })
  await app.live(31 * MINUTE)
  expect(heard().slice(5)).toEqual(['recovered'])
  expect(chat.texts()[5]).toBe('🟢 Backup is alive again\nwas flapping, and has been steady for 30 minutes')
})

const MIN = { MIN_INCIDENT_SECONDS: '30.5' }

test('an incident that is shorter than MIN_INCIDENT_SECONDS is history only', async () => {
  const { app, heard } = await start({ env: MIN })
  await beLate(app, 30.4 * SECOND, 'backup')
  await fail(app, 'disk full')
  await app.live(20 * SECOND)
  await app.beat('backup')
  await pauseAll(app, 'backup')
  await app.live(HOUR)
  expect(heard()).toEqual([])
  expect(await transitionsOf(app)).toEqual([
    'backup: unknown → alive (schedule)',
    'backup: alive → down (silence)',
    'backup: down → alive (heartbeat)',
    'backup: alive → down (fail)',
    'backup: down → alive (heartbeat)',
  ])
  const { wasDown } = await app.api.summary.query()
  expect(wasDown).toMatchObject([
    {
      incidents: 2,
      newest: [
        { seconds: 30.4, muted: false },
        { seconds: 20, muted: false },
      ],
    },
  ])
})

test('one that lasts as long is told then, and so is its end', async () => {
  const { app, chat, heard } = await start({ env: MIN })
  await app.live(MINUTE + 30.4 * SECOND)
  expect(heard()).toEqual([])
  await app.live(SECOND)
  expect(chat.texts()).toEqual(['🔴 Backup is down\nsilent since 12:00 (2 min), expected every 1 min'])
  await app.beat('backup')
  await app.live(GROUP)
  expect(heard()).toEqual(['down', 'recovered'])
  expect(chat.texts()[1]).toBe('🟢 Backup is alive again\nwas down for 31 s, 12:01:00 to 12:01:31')
})

test('one that is over between MIN_INCIDENT_SECONDS and its message is told in one', async () => {
  const { app, heard } = await start({ env: { MIN_INCIDENT_SECONDS: '5' } })
  await beLate(app, 7 * SECOND, 'backup')
  await app.live(GROUP)
  expect(heard()).toEqual(['recovered'])
})

test('short incidents make no service flap, and hide no long one', async () => {
  const { app, heard } = await start({ env: MIN })
  for (let time = 0; time < 10; time++) await beLate(app, SECOND, 'backup')
  expect((await app.api.summary.query()).flapping).toEqual([])
  await beLate(app, MINUTE, 'backup')
  expect(heard()).toEqual(['down'])
})

test('the fifth incident that would be told as flapping is no such thing if it is short', async () => {
  const { app, chat, heard } = await start({ env: MIN })
  for (let time = 0; time < 4; time++) await beLate(app, 40 * SECOND, 'backup')
  await beLate(app, SECOND, 'backup')
  expect((await app.api.summary.query()).flapping).toEqual([])
  await beLate(app, 40 * SECOND, 'backup')
  await beLate(app, 40 * SECOND, 'backup')
  await pauseAll(app, 'backup')
  await app.live(HOUR)
  const told = ['down', 'recovered']
  expect(heard()).toEqual([...told, ...told, ...told, ...told, 'down', 'closed'])
  expect(chat.texts()[8]).toContain('is flapping')
})

test('a mute of a long incident shows in the summary, also where alerts wait', async () => {
  const { app } = await start({ env: MIN })
  await app.api.services.configure.mutate({ serviceKey: 'backup', mutedUntil: 'recovered' })
  await beLate(app, 5 * MINUTE, 'backup')
  expect((await app.api.summary.query()).wasDown).toMatchObject([{ newest: [{ muted: true }] }])
})

test('a service with a period of two seconds is not told as down when it is alive', async () => {
  const { app, heard } = await start({ env: { MIN_SILENCE_SECONDS: '0' }, keys: [] })
  const tick = { serviceKey: 'tick', expectedPeriodSeconds: 2, graceSeconds: 0 }
  await app.api.services.configure.mutate(tick)
  await app.beat('tick')
  for (let beat = 0; beat < 4; beat++) {
    await app.live(2_030)
    await app.beat('tick')
  }
  await app.live(GROUP)
  expect(heard().slice(0, 4)).toEqual(['recovered', 'recovered', 'recovered', 'recovered'])
})
