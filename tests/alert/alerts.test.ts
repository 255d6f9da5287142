import { expect, test } from 'vitest'
import { insertAnnouncement } from '../../db/messages.ts'
import { startTestApp, type TestApp } from '../helpers/app.ts'
import { HOUR, MINUTE, SECOND } from '../helpers/clock.ts'
import { createTestDatabase } from '../helpers/database.ts'
import { learnFiveMinutes, statusOf } from '../helpers/rhythm.ts'
import { textsOf } from '../helpers/told.ts'

const LIMIT = 10 * MINUTE
const GROUP = 10 * SECOND

const start = startTestApp

/** Teaches the rhythm of services, and lets them be silent until they are down. */
async function goDown(app: TestApp, ...keys: string[]): Promise<void> {
  await learnFiveMinutes(app, ...keys)
  await app.live(LIMIT + SECOND)
}

test('a service that goes quiet is told once, and again when it is back', async () => {
  const app = await start()
  await goDown(app, 'nightly-backup')
  expect(app.told).toEqual([])
  await app.live(GROUP)
  expect(textsOf(app.told)).toMatchInlineSnapshot(`
    [
      "🔴 Nightly Backup is down
    silent since 12:15 (10 min), usually every 5 min",
    ]
  `)
  await app.live(HOUR)
  await app.beat('nightly-backup')
  await app.live(GROUP)
  await app.live(5 * MINUTE)
  expect(textsOf(app.told.slice(1))).toMatchInlineSnapshot(`
    [
      "🟢 Nightly Backup is alive again
    was down for 1 h, 12:25 to 13:25",
    ]
  `)
})

test('incidents within the window of the first share a message, and later ones have their own', async () => {
  const app = await start()
  for (let beat = 0; beat < 4; beat++) {
    await app.beat('first')
    await app.clock.advance(4 * SECOND)
    await app.beat('second')
    await app.clock.advance(7 * SECOND)
    await app.beat('third')
    await app.clock.advance(5 * MINUTE - 11 * SECOND)
  }
  await app.live(LIMIT + MINUTE)
  expect(textsOf(app.told)).toMatchInlineSnapshot(`
    [
      "🔴 2 services are down
    • First — silent since 12:15 (10 min), usually every 5 min
    • Second — silent since 12:15 (10 min), usually every 5 min",
      "🔴 Third is down
    silent since 12:15 (10 min), usually every 5 min",
    ]
  `)
})

test('a failing job is told with what it said', async () => {
  const app = await start()
  await app.api.services.configure.mutate({ serviceKey: 'etl', displayName: 'ETL <b>nightly</b>' })
  await app.api.signal.mutate({ serviceKey: 'etl', kind: 'fail', message: 'disk full\non /data', exitCode: 3 })
  await app.live(GROUP)
  expect(textsOf(app.told)).toMatchInlineSnapshot(`
    [
      "🔴 ETL <b>nightly</b> is down
    failed at 12:00: disk full on /data",
    ]
  `)
})

test('two names that are the same are told apart by their keys', async () => {
  const app = await start()
  await app.beat('my_job')
  await goDown(app, 'my-job')
  await app.live(GROUP)
  expect(textsOf(app.told)).toMatchInlineSnapshot(`
    [
      "🔴 My Job (my-job) is down
    silent since 12:15 (10 min), usually every 5 min",
    ]
  `)
})

test('what is down while alerts are off is told when they are on again', async () => {
  const app = await start()
  await learnFiveMinutes(app, 'worker')
  await app.api.services.configure.mutate({ serviceKey: 'worker', alertsEnabled: false })
  await app.live(HOUR)
  expect(await statusOf(app, 'worker')).toBe('down')
  expect(app.told).toEqual([])
  await app.api.services.configure.mutate({ serviceKey: 'worker', alertsEnabled: true })
  await app.settled()
  expect(textsOf(app.told)).toMatchInlineSnapshot(`
    [
      "🔴 Worker is down
    silent since 12:15 (1 h), usually every 5 min",
    ]
  `)
})

test('a mute until a time that ends while the service is down lets the alert go', async () => {
  const app = await start()
  await learnFiveMinutes(app, 'worker')
  const mutedUntil = new Date(app.clock.now() + HOUR).toISOString()
  await app.api.services.configure.mutate({ serviceKey: 'worker', mutedUntil })
  await app.live(HOUR - SECOND)
  expect(app.told).toEqual([])
  await app.live(SECOND)
  expect(app.told.map(({ title }) => title)).toEqual(['🔴 Worker is down'])
})

test('a mute until it recovers ends with the recovery, of which nothing is told', async () => {
  const app = await start()
  await learnFiveMinutes(app, 'worker')
  await app.api.services.configure.mutate({ serviceKey: 'worker', mutedUntil: 'recovered' })
  await app.live(LIMIT + MINUTE)
  await app.beat('worker')
  await app.live(MINUTE)
  expect(app.told).toEqual([])
  expect((await app.api.services.get.query({ serviceKey: 'worker' })).mutedUntil).toBeNull()
})

test('who was told before the mute until it recovers is told of the recovery', async () => {
  const app = await start()
  await goDown(app, 'worker')
  await app.live(GROUP)
  await app.api.services.configure.mutate({ serviceKey: 'worker', mutedUntil: 'recovered' })
  await app.beat('worker')
  await app.live(GROUP)
  expect(app.told.map(({ title }) => title)).toEqual(['🔴 Worker is down', '🟢 Worker is alive again'])
})

test('a recovery during a mute until a time is told when that ends', async () => {
  const app = await start()
  await goDown(app, 'worker')
  await app.live(GROUP)
  const mutedUntil = new Date(app.clock.now() + 5 * MINUTE).toISOString()
  await app.api.services.configure.mutate({ serviceKey: 'worker', mutedUntil })
  await app.beat('worker')
  await app.live(4 * MINUTE)
  expect(app.told).toHaveLength(1)
  await app.live(MINUTE)
  expect(app.told.map(({ title }) => title)).toEqual(['🔴 Worker is down', '🟢 Worker is alive again'])
})

test('pausing closes an incident, and one that was about to be told is not told', async () => {
  const app = await start()
  await goDown(app, 'told', 'untold')
  await app.api.services.pause.mutate({ serviceKey: 'untold' })
  await app.live(GROUP)
  await app.api.services.pause.mutate({ serviceKey: 'told' })
  await app.api.services.resume.mutate({ serviceKey: 'told' })
  await app.beat('told')
  await app.live(MINUTE)
  expect(app.told.map(({ title }) => title)).toEqual(['🔴 Told is down', '⏸ Told was down'])
})

test('a service that is removed within the window is not told', async () => {
  const app = await start()
  await goDown(app, 'worker')
  await app.api.services.remove.mutate({ serviceKey: 'worker' })
  await app.live(MINUTE)
  expect(app.told).toEqual([])
})

test('dying is left to the summary, and what comes back from the dead is told', async () => {
  const app = await start({ env: { DEAD_AFTER_SECONDS: '3600' } })
  await goDown(app, 'worker')
  await app.live(2 * HOUR)
  expect(await statusOf(app, 'worker')).toBe('dead')
  await app.beat('worker')
  await app.live(GROUP)
  expect(app.told.map(({ title }) => title)).toEqual(['🔴 Worker is down', '🟢 Worker is alive again'])
})

test('an alert survives the server that recorded it, and leaves once', async () => {
  const home = await createTestDatabase()
  const first = await start({ beside: home })
  await goDown(first, 'worker')
  await first.stop()
  const second = await start({ beside: home, clock: first.clock })
  await second.live(GROUP)
  await second.stop()
  expect(first.told).toEqual([])
  expect(second.told.map(({ title }) => title)).toEqual(['🔴 Worker is down'])
  await home.drop()
})

test('who switches alerts off before the window ends is not told later of what is over', async () => {
  const app = await start({ env: { DAILY_SUMMARY_TIME: 'off' } })
  await goDown(app, 'worker')
  await app.beat('worker')
  await app.api.services.configure.mutate({ serviceKey: 'worker', alertsEnabled: false })
  await app.live(MINUTE)
  await app.api.services.configure.mutate({ serviceKey: 'worker', alertsEnabled: true })
  await app.live(MINUTE)
  expect(app.told).toEqual([])
})

test('a storm that is too large for one statement is told whole, and its summary too', async () => {
  // There is no channel, since ten thousand messages take a while to send.
  const app = await start({ channels: [], env: { DAILY_SUMMARY_TIME: 'off' } })
  const { db } = app.database
  const at = app.clock.now()
  const parts = Array.from({ length: 3_500 }, (_, part) => ({ title: `part ${part}`, body: '', data: {} }))
  const post = { event: 'down', subject: null, at, targets: ['a', 'b', 'c'], parts }
  await db.transaction().execute((trx) => insertAnnouncement(trx, post))
  const { count } = await db
    .selectFrom('messages')
    .select(db.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  expect(count).toBe(10_500)
})
