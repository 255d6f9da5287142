import { expect, test } from 'vitest'
import { startTestApp, type TestApp, type TestAppOptions } from '../helpers/app.ts'
import { HOUR, MINUTE, SECOND, type TestClock } from '../helpers/clock.ts'
import { createTestDatabase } from '../helpers/database.ts'
import { learnFiveMinutes, statusOf, transitionsOf } from '../helpers/rhythm.ts'

/** Starts an app that checks and proves as often as by default. */
const start = (options: TestAppOptions = {}) =>
  startTestApp({ env: { CHECK_INTERVAL_SECONDS: '60' }, proofEveryMs: 5 * SECOND, ...options })

/** Stops a server, and starts another on its database `ms` later. */
async function restartAfter(
  ms: number,
  before: (app: TestApp) => Promise<void>,
  after: (app: TestApp, clock: TestClock) => Promise<void>,
): Promise<void> {
  const home = await createTestDatabase()
  const first = await start({ beside: home })
  await before(first)
  await first.stop()
  first.clock.jump(ms)
  const second = await start({ beside: home, clock: first.clock })
  await after(second, first.clock)
  await second.stop()
  await home.drop()
}

test('no service is late because the monitor itself was away', async () => {
  await restartAfter(
    3 * HOUR,
    (app) => learnFiveMinutes(app, 'worker'),
    async (app, clock) => {
      expect(await statusOf(app, 'worker')).toBe('alive')
      // A heartbeat was due during the outage, and counts as received at its end.
      await app.pass(10 * MINUTE)
      expect(await statusOf(app, 'worker')).toBe('alive')
      expect((await app.api.explain.query({ serviceKey: 'worker' })).excludedOutages).toHaveLength(1)
      await app.pass(SECOND)
      expect(await transitionsOf(app)).toEqual(['worker: unknown → alive (learned)', 'worker: alive → down (silence)'])
      expect(clock.now()).toBeGreaterThan(0)
    },
  )
})

test('the gap over an outage teaches nothing', async () => {
  await restartAfter(
    3 * HOUR,
    (app) => learnFiveMinutes(app, 'worker'),
    async (app) => {
      await app.beat('worker')
      const { gapsSeconds, cadenceSeconds } = await app.api.explain.query({ serviceKey: 'worker' })
      expect(gapsSeconds).toEqual([300, 300, 300])
      expect(cadenceSeconds).toBe(300)
    },
  )
})

test('what was overdue before the outage is still reported', async () => {
  await restartAfter(
    3 * HOUR,
    async (app) => {
      await learnFiveMinutes(app, 'worker', 'other')
      await app.clock.advance(5 * MINUTE)
      await app.beat('other')
      await app.pass(5 * MINUTE + SECOND)
      expect(await statusOf(app, 'worker')).toBe('down')
    },
    async (app) => {
      expect(await statusOf(app, 'worker')).toBe('down')
      expect(await statusOf(app, 'other')).toBe('alive')
    },
  )
})

test('a host that sleeps and wakes raises no false alarm', async () => {
  const app = await start()
  await learnFiveMinutes(app, 'worker')
  app.clock.jump(8 * HOUR)
  await app.pass(MINUTE)
  expect(await statusOf(app, 'worker')).toBe('alive')
  expect((await app.api.explain.query({ serviceKey: 'worker' })).excludedOutages).toHaveLength(1)
  await app.pass(10 * MINUTE)
  expect(await statusOf(app, 'worker')).toBe('down')
})

test('the first heartbeat after the sleep may come before the monitor has noticed', async () => {
  const app = await start()
  await learnFiveMinutes(app, 'worker')
  app.clock.jump(8 * HOUR)
  await app.beat('worker')
  expect((await app.api.explain.query({ serviceKey: 'worker' })).gapsSeconds).toEqual([300, 300, 300])
})
