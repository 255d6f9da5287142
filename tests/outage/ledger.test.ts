import { sql } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../../db/open.ts'
import { proveListening } from '../../db/outages.ts'
import type { Db } from '../../db/schema.ts'
import { readConfig } from '../../server/config.ts'
import { startTestApp, type TestApp } from '../helpers/app.ts'
import { createTestClock, HOUR, MINUTE, SECOND } from '../helpers/clock.ts'
import { createTestDatabase, type TestDatabase } from '../helpers/database.ts'
import { learnFiveMinutes } from '../helpers/rhythm.ts'

const env = { CHECK_INTERVAL_SECONDS: '3600', DAILY_SUMMARY_TIME: 'off' }
const proofEveryMs = MINUTE

async function startHere(): Promise<{ home: TestDatabase; app: TestApp }> {
  const home = await createTestDatabase()
  onTestFinished(home.drop)
  return { home, app: await startTestApp({ beside: home, env, proofEveryMs }) }
}

/** Stops a server and starts another on its database `ms` later. With `provenAgoMs`, the first ends as by `kill -9`. */
async function restartAfter(
  ms: number,
  { home, app, provenAgoMs = 0 }: { home: TestDatabase; app: TestApp; provenAgoMs?: number },
): Promise<TestApp> {
  await app.stop()
  const provenAt = app.clock.now() - provenAgoMs
  await run(home, (db) => sql`update listening set last_at = ${provenAt}`.execute(db))
  app.clock.jump(ms)
  const next = await startTestApp({ beside: home, clock: app.clock, env, proofEveryMs })
  await next.settled()
  return next
}

async function run<T>({ env }: TestDatabase, work: (db: Db) => Promise<T>): Promise<T> {
  const { db, close } = await openDatabase(readConfig(env).database)
  try {
    return await work(db)
  } finally {
    await close()
  }
}

/** The outages such as `12:00:40–12:10:40`, the oldest first. */
const outagesOf = async (app: TestApp) =>
  (await app.api.monitor.query()).outages.reverse().map(({ from, to }) => `${from.slice(11, 19)}–${to.slice(11, 19)}`)

const stored = (db: Db) => db.selectFrom('outages').select(['from_at', 'to_at']).orderBy('from_at').execute()

test('an answered heartbeat is in no outage, though its server died before it proved that it listens', async () => {
  const { home, app } = await startHere()
  await app.clock.advance(40 * SECOND)
  await app.beat('worker')
  const next = await restartAfter(10 * MINUTE, { home, app, provenAgoMs: 40 * SECOND })
  expect(await outagesOf(next)).toEqual(['12:00:40–12:10:40'])
})

test('the first heartbeat after an outage ends it, so that the gap after it is learned', async () => {
  const still = createTestClock()
  let looks = 0
  // Each call of `now` is a millisecond later, so time passes between a heartbeat and the proof that it waits for.
  const app = await startTestApp({ env, proofEveryMs, clock: { ...still, now: () => still.now() + looks++ } })
  await learnFiveMinutes(app, 'worker')
  still.jump(8 * HOUR)
  await app.beat('worker')
  const { heartbeats } = await app.api.heartbeats.query({ serviceKey: 'worker', limit: 1 })
  const { outages } = await app.api.monitor.query()
  expect(outages.map(({ to }) => to)).toEqual([heartbeats[0]?.at])
  await still.advance(4 * MINUTE)
  await app.beat('worker')
  const { gapsSeconds } = await app.api.explain.query({ serviceKey: 'worker' })
  expect(gapsSeconds.map(Math.round)).toEqual([240, 300, 300, 300])
})

test('a restart soon after an outage is told together with it', async () => {
  const { home, app } = await startHere()
  await learnFiveMinutes(app, 'worker')
  const second = await restartAfter(20 * MINUTE, { home, app })
  await second.live(30 * SECOND)
  const third = await restartAfter(2 * MINUTE, { home, app: second })
  await third.live(2 * MINUTE)
  expect(await outagesOf(third)).toEqual(['12:15:00–12:35:00', '12:35:30–12:37:30'])
  const told = [...app.told, ...second.told, ...third.told]
  expect(told.map(({ title }) => title)).toEqual(['⚪ I was not listening 12:15–12:37 (22 min)'])
  expect(told[0]?.data).toMatchObject({ seconds: 22 * 60, services_rearmed: 1, services_late: 0 })
})

test('an outage that goes on where another ended is the same one, stored and told once', async () => {
  const { home, app } = await startHere()
  await app.beat('worker')
  const second = await restartAfter(20 * MINUTE, { home, app })
  await second.clock.advance(10 * SECOND)
  const third = await restartAfter(2 * MINUTE, { home, app: second, provenAgoMs: 10 * SECOND })
  await third.live(2 * MINUTE)
  expect(await outagesOf(third)).toEqual(['12:00:00–12:22:10'])
  expect(await stored(third.database.db)).toHaveLength(1)
  const told = [...app.told, ...second.told, ...third.told]
  expect(told.map(({ title }) => title)).toEqual(['⚪ I was not listening 12:00–12:22 (22 min)'])
})

test('what was told of an outage stays true: where it goes on, only the rest is told', async () => {
  const { home, app } = await startHere()
  await app.beat('worker')
  const second = await restartAfter(20 * MINUTE, { home, app })
  await second.live(2 * MINUTE)
  const third = await restartAfter(3 * MINUTE, { home, app: second, provenAgoMs: 2 * MINUTE })
  await third.live(2 * MINUTE)
  expect(await outagesOf(third)).toEqual(['12:00:00–12:25:00'])
  const told = [...app.told, ...second.told, ...third.told]
  expect(told.map(({ title }) => title)).toEqual([
    '⚪ I was not listening 12:00–12:20 (20 min)',
    '⚪ I was not listening 12:20–12:25 (5 min)',
  ])
})

test('a proof that arrives late, after others, makes no outage and takes no proof back', async () => {
  const home = await createTestDatabase()
  onTestFinished(home.drop)
  await run(home, async (db) => {
    const prove = (second: number, brokenSince: number | null = null) =>
      proveListening(db, { nowMs: second * SECOND, toMs: second * SECOND, toleratedMs: 10 * SECOND, brokenSince })
    await prove(1_000)
    // The database hung, and then runs what was sent meanwhile in any order.
    await prove(1_600, 1_005 * SECOND)
    await prove(1_020)
    await prove(1_040, 1_005 * SECOND)
    await prove(1_605)
    await prove(1_610)
  })
  expect(await run(home, stored)).toEqual([{ from_at: 1_005 * SECOND, to_at: 1_600 * SECOND }])
})
