import { expect, test } from 'vitest'
import { startTestApp, type TestAppOptions } from '../helpers/app.ts'
import { MINUTE, SECOND } from '../helpers/clock.ts'
import { createTestDatabase, onPostgres } from '../helpers/database.ts'
import { learnFiveMinutes, statusOf, transitionsOf } from '../helpers/rhythm.ts'

/** Starts an app that checks every minute, as by default, so that a check that is too early shows. */
const start = (options: TestAppOptions = {}) =>
  startTestApp({ ...options, env: { CHECK_INTERVAL_SECONDS: '60', ...options.env } })

/** An hour instead of a week until dead, so that the clock need not tick through a week. */
const HOUR_TO_LIVE = { DEAD_AFTER_SECONDS: '3600' }

test('a service that misses its deadline is down, once, from the deadline on', async () => {
  const app = await start()
  await learnFiveMinutes(app, 'worker')
  const lastBeat = app.clock.now()
  await app.pass(10 * MINUTE)
  expect(await statusOf(app, 'worker')).toBe('alive')
  await app.pass(1 * MINUTE)
  await app.pass(5 * MINUTE)

  const { services, counts } = await app.api.status.query()
  expect(services[0]).toMatchObject({ status: 'down', deadline: null })
  expect(Date.parse(services[0]?.statusSince ?? '')).toBe(lastBeat + 10 * MINUTE)
  expect(counts).toEqual({ unknown: 0, alive: 0, down: 1, dead: 0, paused: 0 })
  expect(await transitionsOf(app)).toEqual(['worker: unknown → alive (learned)', 'worker: alive → down (silence)'])
})

test('it is told as down before any check has recorded it', async () => {
  const app = await start()
  await learnFiveMinutes(app, 'worker')
  const lastBeat = app.clock.now()
  app.clock.jump(9 * SECOND)
  await app.api.services.configure.mutate({ serviceKey: 'worker', expectedPeriodSeconds: 1, graceSeconds: 0 })
  app.clock.jump(2 * SECOND)

  const { services, counts } = await app.api.status.query()
  expect(services[0]?.status).toBe('down')
  expect(Date.parse(services[0]?.statusSince ?? '')).toBe(lastBeat + 10 * SECOND)
  expect(counts).toMatchObject({ alive: 0, down: 1 })
  expect((await app.api.status.query({ status: ['down'] })).services).toHaveLength(1)
  expect((await app.api.status.query({ status: ['alive'] })).services).toHaveLength(0)
  expect(await transitionsOf(app)).toEqual(['worker: unknown → alive (learned)'])
})

test('a heartbeat brings a service back, and long silence kills it', async () => {
  const app = await start({ env: HOUR_TO_LIVE })
  await learnFiveMinutes(app, 'worker')
  await app.pass(11 * MINUTE)
  await app.beat('worker')
  expect(await statusOf(app, 'worker')).toBe('alive')
  await app.pass(11 * MINUTE)
  await app.pass(50 * MINUTE)

  expect(await transitionsOf(app)).toEqual([
    'worker: unknown → alive (learned)',
    'worker: alive → down (silence)',
    'worker: down → alive (heartbeat)',
    'worker: alive → down (silence)',
    'worker: down → dead (silence)',
  ])
  await app.beat('worker')
  expect(await statusOf(app, 'worker')).toBe('alive')
})

test('a service that was heard once or twice is unknown, says how many heartbeats it needs, and dies of silence', async () => {
  const app = await start({ env: HOUR_TO_LIVE })
  await app.beat('shy')
  await app.beat('shy')
  expect((await app.api.status.query()).services[0]).toMatchObject({ status: 'unknown', heartbeatsNeeded: 2 })
  await app.pass(60 * MINUTE)
  expect(await statusOf(app, 'shy')).toBe('unknown')
  await app.pass(SECOND)
  expect(await transitionsOf(app)).toEqual(['shy: unknown → dead (silence)'])
})

test('the check comes at the deadline, not at the next interval', async () => {
  const app = await start({ env: { CHECK_INTERVAL_SECONDS: '3600' } })
  await learnFiveMinutes(app, 'worker')
  await app.pass(10 * MINUTE + SECOND)
  expect(await transitionsOf(app)).toContain('worker: alive → down (silence)')
})

test('a heartbeat that comes after the deadline, but before any check, tells of both', async () => {
  const app = await start()
  await learnFiveMinutes(app, 'worker')
  const deadline = app.clock.now() + 10 * MINUTE
  await app.clock.advance(9 * MINUTE + 59 * SECOND)
  app.clock.jump(2 * SECOND)
  await app.beat('worker')
  await app.pass(MINUTE)
  expect(await transitionsOf(app)).toEqual([
    'worker: unknown → alive (learned)',
    'worker: alive → down (silence)',
    'worker: down → alive (heartbeat)',
  ])
  const { transitions } = await app.api.history.query({ status: ['down'] })
  expect(transitions.map(({ at }) => Date.parse(at))).toEqual([deadline])
})

test('other settings at the next start decide anew about all services', async () => {
  const home = await createTestDatabase()
  const first = await start({ beside: home })
  await learnFiveMinutes(first, 'worker')
  await first.stop()

  const second = await start({ beside: home, clock: first.clock, env: { DEAD_AFTER_SECONDS: '1200' } })
  await second.pass(21 * MINUTE)
  expect(await statusOf(second, 'worker')).toBe('dead')
  await second.stop()
  await home.drop()
})

test.runIf(onPostgres)('two servers on one database record each change once', async () => {
  const home = await createTestDatabase()
  const one = await start({ beside: home })
  const two = await start({ beside: home, clock: one.clock })
  const keys = Array.from({ length: 30 }, (_, number) => `worker-${number}`)

  for (let beat = 0; beat < 5; beat++) {
    await Promise.all(keys.flatMap((key) => [one.beat(key), two.beat(key)]))
    await one.clock.advance(5 * MINUTE)
  }
  await one.clock.advance(11 * MINUTE)
  await expect.poll(async () => (await one.api.history.query({ status: ['down'] })).transitions.length).toBe(30)
  await Promise.all(keys.flatMap((key) => [one.beat(key), two.beat(key)]))

  const perService = Map.groupBy(await transitionsOf(one), (line) => line.split(':')[0])
  for (const key of keys) {
    expect(perService.get(key)).toEqual([
      `${key}: unknown → alive (learned)`,
      `${key}: alive → down (silence)`,
      `${key}: down → alive (heartbeat)`,
    ])
    expect((await two.api.status.query({ serviceKey: key })).services[0]?.heartbeatCount).toBe(12)
  }
  await one.stop()
  await two.stop()
  await home.drop()
})
