import type { Clock } from '../../server/clock.ts'

export const SECOND = 1_000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

interface Timer {
  at: number
  callback: () => unknown
}

export interface TestClock extends Clock {
  /** Moves time on. Calls each timer at its time and waits for it, and after the last one of a moment for `after`. */
  advance(ms: number, after?: () => Promise<void>): Promise<void>
  /** Changes the time without calling timers, as when a host wakes from sleep, or the clock is set back. */
  jump(ms: number): void
}

/** A clock that stands still until the test moves it. */
export function createTestClock(startAt = Date.UTC(2026, 10, 23, 12)): TestClock {
  let now = startAt
  const timers = new Set<Timer>()

  const nextDue = (until: number) => [...timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0]

  return {
    now: () => now,
    at(timeMs, callback) {
      const timer = { at: timeMs, callback }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    async advance(ms, after) {
      const until = now + ms
      for (let timer = nextDue(until); timer; timer = nextDue(until)) {
        timers.delete(timer)
        now = Math.max(now, timer.at)
        await timer.callback()
        if (!nextDue(now)) await after?.()
      }
      now = until
    },
    jump(ms) {
      now += ms
      // A real timer counts the time that is left, so setting the clock back does not delay it.
      if (ms < 0) for (const timer of timers) timer.at += ms
    },
  }
}
