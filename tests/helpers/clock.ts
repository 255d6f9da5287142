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
  /** Moves time on, ringing each timer at its moment and waiting for what it does, and then for `after` once a moment. */
  advance(ms: number, after?: () => Promise<void>): Promise<void>
  /** Moves time at once, as when a host wakes from sleep, so that what was due rings late; or sets the clock back. */
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
      // A timer counts what is left of its time, and knows nothing of a clock that was set back.
      if (ms < 0) for (const timer of timers) timer.at += ms
    },
  }
}
