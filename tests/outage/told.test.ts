import { expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../helpers/app.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../helpers/clock.ts'
import { createTestDatabase, onPostgres, type TestDatabase } from '../helpers/database.ts'
import { learnFiveMinutes, statusOf } from '../helpers/rhythm.ts'
import { textsOf } from '../helpers/told.ts'

const env = { CHECK_INTERVAL_SECONDS: '3600', DAILY_SUMMARY_TIME: 'off' }
const proofEveryMs = MINUTE

/** Stops a server, and starts another on its database `ms` later. */
async function restartAfter(ms: number, first: TestApp, home: TestDatabase): Promise<TestApp> {
  await first.stop()
  first.clock.jump(ms)
  const second = await startTestApp({ beside: home, clock: first.clock, env, proofEveryMs })
  await second.settled()
  return second
}

async function startHere(): Promise<{ home: TestDatabase; app: TestApp }> {
  const home = await createTestDatabase()
  return { home, app: await startTestApp({ beside: home, env, proofEveryMs }) }
}

test('one message tells of an outage of the monitor, with counts and without names', async () => {
  const { home, app } = await startHere()
  await learnFiveMinutes(app, 'a', 'b', 'late')
  await app.clock.advance(5 * MINUTE)
  await app.beat('a')
  await app.beat('b')
  await app.live(6 * MINUTE)
  expect(app.told.map(({ title }) => title)).toEqual(['🔴 Late is down'])

  const second = await restartAfter(29 * MINUTE, app, home)
  await second.live(MINUTE)
  expect(textsOf(second.told)).toMatchInlineSnapshot(`
    [
      "⚪ I was not listening 12:26–12:55 (29 min)
    2 services re-armed: that time counts as nobody's silence
    1 was already late",
    ]
  `)
  await second.live(9 * MINUTE + 20 * SECOND)
  expect(textsOf(second.told.slice(1))).toMatchInlineSnapshot(`
    [
      "🔴 2 services are down
    • A — silent since 12:20 (16 min), usually every 5 min
    • B — silent since 12:20 (16 min), usually every 5 min",
    ]
  `)
  await second.stop()
  await home.drop()
})

test('what was overdue before the outage, but not told yet, is told after it', async () => {
  const { home, app } = await startHere()
  await learnFiveMinutes(app, 'late', 'other')
  await app.clock.advance(5 * MINUTE)
  await app.beat('other')
  await app.live(5 * MINUTE + 2 * SECOND)
  expect(app.told).toEqual([])
  const second = await restartAfter(HOUR, app, home)
  expect(second.told.map(({ title }) => title)).toEqual(['⚪ I was not listening 12:25–13:25 (1 h)', '🔴 Late is down'])
  await second.stop()
  await home.drop()
})

test('a restart of less than a minute is not told', async () => {
  const { home, app } = await startHere()
  await learnFiveMinutes(app, 'worker')
  const second = await restartAfter(59 * SECOND, app, home)
  await second.live(9 * MINUTE)
  expect(second.told).toEqual([])
  await second.stop()
  await home.drop()
})

test('a host that slept tells so once it wakes', async () => {
  const app = await startTestApp({ env, proofEveryMs })
  await learnFiveMinutes(app, 'worker')
  app.clock.jump(8 * HOUR)
  await app.live(2 * MINUTE)
  expect(app.told.map(({ title }) => title)).toEqual(['⚪ I was not listening 12:15–20:15 (8 h)'])
})

test('a nightly job whose heartbeat fell into the outage is not late, and is late the night after', async () => {
  const { home, app } = await startHere()
  await app.api.services.configure.mutate({ serviceKey: 'nightly', schedule: '0 0 * * *' })
  await app.beat('nightly')
  await app.live(11 * HOUR + 50 * MINUTE)
  const second = await restartAfter(20 * MINUTE, app, home)
  await second.live(23 * HOUR + 54 * MINUTE)
  expect(await statusOf(second, 'nightly')).toBe('alive')
  await second.live(2 * MINUTE)
  expect(second.told.map(({ title }) => title)).toEqual([
    '⚪ I was not listening 23 Nov 23:50–00:10 (20 min)',
    '🔴 Nightly is down',
  ])
  await second.stop()
  await home.drop()
})

test('a nightly job whose due time came before the outage is told by its grace, without the outage', async () => {
  const { home, app } = await startHere()
  await app.api.services.configure.mutate({ serviceKey: 'nightly', schedule: '0 0 * * *' })
  await app.beat('nightly')
  await app.live(12 * HOUR + 2 * MINUTE)
  const second = await restartAfter(HOUR, app, home)
  await second.live(2 * MINUTE)
  expect(second.told).toHaveLength(1)
  await second.live(2 * MINUTE)
  expect(second.told.map(({ title }) => title)).toEqual([
    '⚪ I was not listening 00:02–01:02 (1 h)',
    '🔴 Nightly is down',
  ])
  await second.stop()
  await home.drop()
})

test('a daily job with a declared period gets its outage back, or counts as heard if it was due in it', async () => {
  const { home, app } = await startHere()
  for (const serviceKey of ['due-later', 'due-inside']) {
    await app.api.services.configure.mutate({ serviceKey, expectedPeriodSeconds: 86_400, graceSeconds: 3_600 })
  }
  await app.beat('due-inside')
  await app.live(12 * HOUR)
  await app.beat('due-later')
  await app.live(11 * HOUR)
  const second = await restartAfter(2 * HOUR, app, home)
  const deadlines = async () =>
    (await second.api.status.query()).services.map(({ serviceKey, deadline }) => [serviceKey, deadline])
  const ended = second.clock.now()
  expect(await deadlines()).toEqual([
    ['due-inside', at(ended + DAY + HOUR)],
    ['due-later', at(ended - 13 * HOUR + DAY + HOUR + 2 * HOUR)],
  ])
  await second.stop()
  await home.drop()
})

const at = (ms: number) => new Date(ms).toISOString().replace('Z', '+00:00')

test.runIf(onPostgres)('with another server on the database there was no outage', async () => {
  const { home, app: one } = await startHere()
  const two = await startTestApp({ beside: home, clock: one.clock, env, proofEveryMs })
  await learnFiveMinutes(one, 'worker')
  await two.stop()
  await one.clock.advance(5 * MINUTE)
  const three = await startTestApp({ beside: home, clock: one.clock, env, proofEveryMs })
  await three.settled()
  expect([...one.told, ...two.told, ...three.told]).toEqual([])
  await three.stop()
  await one.stop()
  await home.drop()
})

test('a clock that was an hour ahead for a while makes no alert late', async () => {
  const app = await startTestApp({ env, proofEveryMs })
  app.clock.jump(HOUR)
  await app.live(2 * MINUTE)
  await learnFiveMinutes(app, 'worker')
  app.clock.jump(-HOUR)
  await app.live(10 * MINUTE)
  expect(app.told.map(({ title }) => title)).toEqual(['⚪ I was not listening 12:00–13:00 (1 h)'])
  await app.live(3 * MINUTE)
  expect(app.told.map(({ title }) => title).at(-1)).toBe('🔴 Worker is down')
})
