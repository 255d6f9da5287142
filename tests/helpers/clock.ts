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
  /** Moves time on, ringing each timer at its moment and waiting for what it does. */
  advance(ms: number): Promise<void>
  /** Moves time at once, as when a host wakes from sleep; what was due meanwhile rings late. */
  jump(ms: number): void
}

/** Stands still until it is moved. */
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
    async advance(ms) {
      const until = now + ms
      for (let timer = nextDue(until); timer; timer = nextDue(until)) {
        timers.delete(timer)
        now = Math.max(now, timer.at)
        await timer.callback()
      }
      now = until
    },
    jump(ms) {
      now += ms
    },
  }
}
