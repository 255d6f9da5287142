import { expect, test } from 'vitest'
import { createSharedClock } from '../../server/sharedClock.ts'
import { startTestApp } from '../helpers/app.ts'
import { createTestClock, SECOND, type TestClock } from '../helpers/clock.ts'
import { createTestDatabase, onPostgres } from '../helpers/database.ts'

/** The clock of a server whose machine is ahead of the database, whose clock is `true`. */
function aheadBy(skewMs: number, truth: TestClock, { follows }: { follows: boolean }): TestClock {
  const shared = createSharedClock({
    now: () => truth.now() + skewMs,
    at: (timeMs, callback) => truth.at(timeMs - skewMs, callback),
  })
  const follow = follows ? () => shared.follow(async () => truth.now()) : async () => {}
  return { ...truth, ...shared, follow }
}

test.runIf(onPostgres).each([
  { skewMs: 5 * SECOND, follows: true },
  { skewMs: -5 * SECOND, follows: true },
  { skewMs: 5 * SECOND, follows: false },
])('servers whose clocks differ by $skewMs ms call nobody down (the clock is shared: $follows)', async (given) => {
  const beside = await createTestDatabase()
  const env = { MIN_SILENCE_SECONDS: '0', CHECK_INTERVAL_SECONDS: '1' }
  const clock = createTestClock()
  const hears = await startTestApp({ beside, clock, env })
  const looks = await startTestApp({ beside, clock: aheadBy(given.skewMs, clock, given), env })
  for (let beat = 0; beat < 15; beat++) {
    for (const key of ['a', 'b', 'c']) await hears.beat(key)
    await hears.live(2 * SECOND)
  }
  const { transitions } = await hears.api.history.query({})
  const down = transitions.filter(({ to }) => to === 'down').length
  if (given.follows) expect(down).toBe(0)
  else expect(down).toBeGreaterThan(0)
  expect((await looks.api.monitor.query()).clockSkewSeconds).toBe(given.follows ? given.skewMs / 1000 : 0)
  const metrics = await (await looks.fetch('/metrics')).text()
  if (given.follows) expect(metrics).toContain(`stillbeat_clock_skew_seconds ${given.skewMs / 1000}`)
  await looks.stop()
  await hears.stop()
  await beside.drop()
})

test('a measurement counts as far as it can be trusted, and jitter does not', async () => {
  let own = 1_000_000
  const clock = createSharedClock({ now: () => own, at: () => () => {} })
  const answer = (shown: number, tookMs: number) =>
    clock.follow(async () => {
      own += tookMs
      return shown
    })
  await answer(own + 15, 10)
  expect(clock.skewMs()).toBe(0)
  await answer(own + 3_005, 10)
  expect(clock.skewMs()).toBe(-3_000)
  await answer(own + 3_400, 800)
  expect(clock.skewMs()).toBe(-3_000)
  await answer(own + 60_000, 2_000)
  expect(clock.skewMs()).toBe(-3_000)
  expect(clock.now()).toBe(own + 3_000)
})
