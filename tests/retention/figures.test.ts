import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { startTestApp } from '../helpers/app.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../helpers/clock.ts'
import { createTestDatabase, onPostgres } from '../helpers/database.ts'
import { liveUntilNight, partitionsOf } from '../helpers/night.ts'
import { beatAll } from '../helpers/rhythm.ts'

const UNHEARD = { heartbeats: 0, starts: 0, successes: 0, fails: 0, logs: 0, attentions: 0, incidents: 0 }

test('an hour after a day is over its figures are there', async () => {
  const app = await startTestApp()
  const days = async () => (await app.api.days.query({ serviceKey: 'worker' })).days
  await app.api.services.configure.mutate({ serviceKey: 'worker', expectedPeriodSeconds: 3600 })
  await app.beat('worker')
  await app.live(HOUR)
  await app.beat('worker')
  await app.live(30 * MINUTE)
  await app.beat('worker')
  await app.live(4.5 * HOUR)
  for (const kind of ['log', 'start', 'success'] as const) await app.api.signal.mutate({ serviceKey: 'worker', kind })
  await app.live(7 * HOUR - SECOND)
  expect(await days()).toEqual([])

  await app.live(SECOND)
  expect(await days()).toEqual([
    {
      ...{ date: '2026-11-23', heartbeats: 3, starts: 1, successes: 1, fails: 0, logs: 1, attentions: 0, incidents: 2 },
      ...{ aliveSeconds: 5.5 * 3600, downSeconds: 6.5 * 3600, noDataSeconds: 12 * 3600 },
      ...{ medianGapSeconds: 3600, longestGapSeconds: 4.5 * 3600 },
    },
  ])
})

test('what a clock that was ahead has rolled up is rolled up again once it is right', async () => {
  const home = await createTestDatabase()
  const first = await startTestApp({ beside: home })
  const { clock } = first
  await first.api.services.configure.mutate({ serviceKey: 'worker', expectedPeriodSeconds: 86_400 })
  await first.beat('worker')
  await first.stop()
  clock.jump(5 * DAY)
  const ahead = await startTestApp({ beside: home, clock })
  await ahead.settled()
  expect((await ahead.api.days.query({ serviceKey: 'worker' })).days).toHaveLength(5)
  await ahead.stop()
  clock.jump(-5 * DAY)

  const right = await startTestApp({ beside: home, clock })
  await right.settled()
  await right.beat('worker')
  await liveUntilNight(right)
  expect((await right.api.days.query({ serviceKey: 'worker' })).days).toMatchObject([
    { date: '2026-11-23', heartbeats: 2 },
  ])
  await right.stop()
  await home.drop()
})

test('figures whose heartbeats have gone outlive a clock that is years behind for a while', async () => {
  const home = await createTestDatabase()
  const env = { RETENTION_DAYS: '1' }
  const first = await startTestApp({ beside: home, env })
  const { clock } = first
  for (let day = 0; day < 4; day++) {
    await first.beat('worker')
    await liveUntilNight(first)
  }
  const days = async ({ api }: typeof first) =>
    (await api.days.query({ serviceKey: 'worker' })).days.map(({ date, heartbeats }) => `${date}: ${heartbeats}`)
  const before = await days(first)
  expect(before).toEqual(['2026-11-26: 1', '2026-11-25: 1', '2026-11-24: 1', '2026-11-23: 1'])
  expect((await partitionsOf(first))[0]).toBe('2026-11-26')
  await first.stop()
  clock.jump(-3_000 * DAY)
  const behind = await startTestApp({ beside: home, env, clock })
  await behind.settled()
  await behind.stop()
  clock.jump(3_000 * DAY)

  const right = await startTestApp({ beside: home, env, clock })
  await right.settled()
  expect(await days(right)).toEqual(before)
  await right.stop()
  await home.drop()
})

test('days in which the monitor was away get theirs when it is back, and only once', async () => {
  const home = await createTestDatabase()
  const first = await startTestApp({ beside: home })
  await first.api.services.configure.mutate({ serviceKey: 'worker', expectedPeriodSeconds: 2 * 86_400 })
  await first.beat('worker')
  await first.live(HOUR)
  await first.stop()
  first.clock.jump(3 * DAY)

  const second = await startTestApp({ beside: home, clock: first.clock })
  await second.settled()
  const { days } = await second.api.days.query({ serviceKey: 'worker' })
  expect(days).toMatchObject([
    { ...UNHEARD, date: '2026-11-25', aliveSeconds: 0, noDataSeconds: 86_400, medianGapSeconds: null },
    { ...UNHEARD, date: '2026-11-24', aliveSeconds: 0, noDataSeconds: 86_400, medianGapSeconds: null },
    { ...UNHEARD, date: '2026-11-23', heartbeats: 1, aliveSeconds: 3600, noDataSeconds: 23 * 3600 },
  ])
  await second.stop()

  const third = await startTestApp({ beside: home, clock: first.clock })
  await third.settled()
  expect((await third.api.days.query({ serviceKey: 'worker' })).days).toEqual(days)
  expect((await third.api.days.query({ serviceKey: 'worker', since: '2026-11-24', limit: 1 })).days).toEqual([days[0]])
  await third.stop()
  await home.drop()
})

test('what stops in the middle of a day goes on from there', async () => {
  const app = await startTestApp()
  const { db } = app.database
  const keys = Array.from({ length: 450 }, (_, index) => `svc-${index}`)
  await beatAll(app, keys)
  await sql`create function refuse() returns trigger language plpgsql as 'begin raise exception ''disk full''; end'`.execute(
    db,
  )
  await sql`create trigger refuse before insert on daily_figures for each row when (new.service_id > 250)
    execute function refuse()`.execute(db)
  await liveUntilNight(app)
  const rolled = () => db.selectFrom('daily_figures').select(['service_id', 'heartbeats']).execute()
  expect(await rolled()).toHaveLength(200)

  await sql`drop trigger refuse on daily_figures`.execute(db)
  await app.live(5 * SECOND)
  const rows = await rolled()
  expect(rows).toHaveLength(450)
  expect(rows.every(({ heartbeats }) => heartbeats === 1)).toBe(true)
})

test.runIf(onPostgres)('three servers in the same night roll a day up once', async () => {
  const home = await createTestDatabase()
  const first = await startTestApp({ beside: home })
  const options = { beside: home, clock: first.clock }
  const others = [await startTestApp(options), await startTestApp(options)]
  const keys = Array.from({ length: 700 }, (_, index) => `svc-${index}`)
  await beatAll(first, keys)
  await liveUntilNight(first)

  const { rows } = await sql<{ figures: number; heartbeats: number }>`
    select count(*)::integer as figures, sum(heartbeats)::integer as heartbeats from daily_figures`.execute(
    first.database.db,
  )
  expect(rows).toEqual([{ figures: 700, heartbeats: 700 }])
  for (const app of [first, ...others]) await app.stop()
  await home.drop()
})

test('a service that is removed takes its figures along', async () => {
  const app = await startTestApp()
  await app.beat('worker')
  await app.beat('other')
  await liveUntilNight(app)
  await app.api.services.remove.mutate({ serviceKey: 'worker' })
  await app.beat('worker')
  expect((await app.api.days.query({ serviceKey: 'worker' })).days).toEqual([])
  expect((await app.api.days.query({ serviceKey: 'other' })).days).toHaveLength(1)
})

test('a day is asked for as a date', async () => {
  const app = await startTestApp()
  await app.beat('worker')
  await expect(app.api.days.query({ serviceKey: 'worker', since: 'yesterday' })).rejects.toThrow(
    'since must be a day such as 2026-11-23',
  )
  await expect(app.api.days.query({ serviceKey: 'nobody' })).rejects.toThrow('no service "nobody"')
})
