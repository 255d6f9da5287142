import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { dayOf, dropPartition } from '../../db/partitions.ts'
import { startTestApp, type TestApp } from '../helpers/app.ts'
import { DAY, HOUR, MINUTE } from '../helpers/clock.ts'
import { createTestDatabase, onPostgres } from '../helpers/database.ts'
import { liveUntilNight, partitionsOf } from '../helpers/night.ts'

const beats = async (app: TestApp) =>
  (await app.api.heartbeats.query({ serviceKey: 'worker', limit: 1_000 })).heartbeats

test('there is room for the days to come', async () => {
  const app = await startTestApp()
  await app.settled()
  expect(await partitionsOf(app)).toEqual(['2026-11-23', '2026-11-24', '2026-11-25', '2026-11-26', '2026-11-27'])
  await liveUntilNight(app)
  expect((await partitionsOf(app)).at(-1)).toBe('2026-11-28')
})

test('a heartbeat whose day has no room makes some, and is stored once', async () => {
  const app = await startTestApp()
  await app.settled()
  await app.beat('worker')
  await app.clock.advance(MINUTE)
  expect(await dropPartition(app.database.db, dayOf(app.clock.now()))).toBe(true)
  await Promise.all([app.beat('worker'), app.beat('worker'), app.beat('other')])
  expect(await beats(app)).toHaveLength(2)
  expect((await app.api.status.query({ serviceKey: 'worker' })).services[0]?.heartbeatCount).toBe(3)
})

test('heartbeats go after RETENTION_DAYS; figures, history and up-time stay', async () => {
  const app = await startTestApp({ env: { RETENTION_DAYS: '2' } })
  await app.api.services.configure.mutate({ serviceKey: 'worker', expectedPeriodSeconds: 3600, graceSeconds: 3600 })
  for (let day = 0; day < 4; day++) {
    await app.beat('worker')
    await liveUntilNight(app)
  }
  const { heartbeats, days } = { heartbeats: await beats(app), ...(await app.api.days.query({ serviceKey: 'worker' })) }
  expect(heartbeats.map(({ at }) => at.slice(0, 10))).toEqual(['2026-11-26', '2026-11-25'])
  expect((await partitionsOf(app))[0]).toBe('2026-11-25')
  expect(days.map(({ date, heartbeats }) => [date, heartbeats])).toEqual([
    ['2026-11-26', 1],
    ['2026-11-25', 1],
    ['2026-11-24', 1],
    ['2026-11-23', 1],
  ])

  const uptime = (await app.api.uptime.query({ serviceKey: 'worker' })).periods.find(({ days }) => days === 90)
  const sum = (of: 'aliveSeconds' | 'downSeconds') => days.reduce((total, day) => total + day[of], 0)
  // The hour since midnight has no figures yet; the service was down in all of it.
  expect(uptime).toMatchObject({ aliveSeconds: sum('aliveSeconds'), downSeconds: sum('downSeconds') + 3600 })
  expect(uptime?.aliveSeconds).toBe(4 * 2 * 3600)
})

test('a clock that is years ahead for a while makes nothing old', async () => {
  const app = await startTestApp({ env: { RETENTION_DAYS: '2' } })
  await app.api.services.configure.mutate({ serviceKey: 'worker', expectedPeriodSeconds: 3600 })
  await app.beat('worker')
  await app.api.signal.mutate({ serviceKey: 'worker', kind: 'fail' })
  await liveUntilNight(app)
  const known = async () => ({
    heartbeats: (await beats(app)).filter(({ at }) => at < '2027'),
    days: (await app.api.days.query({ serviceKey: 'worker' })).days,
    transitions: (await app.api.history.query()).transitions,
  })
  const before = await known()
  expect(before).toMatchObject({ heartbeats: [{}, {}], days: [{ date: '2026-11-23' }], transitions: [{}, {}] })

  app.clock.jump(500 * DAY)
  await liveUntilNight(app)
  await app.beat('worker')
  app.clock.jump(-500 * DAY)
  await liveUntilNight(app)
  const after = await known()
  expect(after.heartbeats).toEqual(before.heartbeats)
  expect(after.days.filter(({ date }) => date === '2026-11-23')).toEqual(before.days)
  expect(after.transitions.slice(-2)).toEqual(before.transitions)
})

test('days in which the monitor was away do not count', async () => {
  const home = await createTestDatabase()
  const env = { RETENTION_DAYS: '2' }
  const first = await startTestApp({ beside: home, env })
  await first.beat('worker')
  await first.stop()
  first.clock.jump(5 * DAY)
  const second = await startTestApp({ beside: home, env, clock: first.clock })
  await liveUntilNight(second)
  expect(await beats(second)).toHaveLength(1)
  await liveUntilNight(second)
  await liveUntilNight(second)
  expect(await beats(second)).toEqual([])
  await second.stop()
  await home.drop()
})

test('what ended 400 days ago is forgotten, with its alerts and messages, and up-time goes on', async () => {
  const app = await startTestApp()
  await app.api.services.configure.mutate({ serviceKey: 'worker', expectedPeriodSeconds: 3600 })
  await app.beat('worker')
  await app.api.signal.mutate({ serviceKey: 'worker', kind: 'fail' })
  await app.live(MINUTE)
  await app.beat('worker')
  await app.live(MINUTE)
  const old = 401 * DAY
  const { db } = app.database
  const makeOld = { services: ['created_at'], transitions: ['at'], announcements: ['at'], messages: ['created_at'] }
  for (const [table, columns] of Object.entries({ ...makeOld, incidents: ['opened_at', 'closed_at'] })) {
    for (const column of columns) {
      await sql`update ${sql.table(table)} set ${sql.ref(column)} = ${sql.ref(column)} - ${sql.lit(old)}`.execute(db)
    }
  }
  const count = async (table: 'transitions' | 'incidents' | 'alerts' | 'messages' | 'announcements') =>
    (await db.selectFrom(table).selectAll().execute()).length
  const tables = ['transitions', 'incidents', 'alerts', 'messages', 'announcements'] as const
  for (const table of tables) expect(await count(table)).toBeGreaterThan(0)

  await app.api.services.pause.mutate({ serviceKey: 'worker' })
  await liveUntilNight(app)
  for (const table of tables) expect([table, await count(table)]).toEqual([table, 0])
  const { periods } = await app.api.uptime.query({ serviceKey: 'worker' })
  expect(periods.at(-1)?.ratio).toBe(1)
})

test.runIf(onPostgres)('old heartbeats that somebody reads hold up nobody, and go later', async () => {
  const app = await startTestApp({ env: { RETENTION_DAYS: '1' } })
  await app.beat('worker')
  await liveUntilNight(app)
  await app.beat('worker')
  await app.live(23 * HOUR - MINUTE)
  const { promise: reading, resolve: finish } = Promise.withResolvers<void>()
  const { promise: hasRead, resolve: read } = Promise.withResolvers<void>()
  const backup = app.database.db.transaction().execute(async (trx) => {
    await trx.selectFrom('heartbeats').selectAll().execute()
    read()
    await reading
  })
  await hasRead
  await liveUntilNight(app)
  await app.beat('worker')
  expect((await partitionsOf(app))[0]).toBe('2026-11-23')

  finish()
  await backup
  await app.live(MINUTE)
  expect((await partitionsOf(app))[0]).toBe('2026-11-24')
})
