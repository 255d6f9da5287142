import type { Clock } from './clock.ts'

/** An alarm is a timer with a throttle. It rings at the earliest moment given, and at least every `atLeastEveryMs`. */
export interface Alarm {
  wakeAt(ms: number): void
  stop(): void
}

/** Moments that are closer together share a ring, so that a burst of deadlines makes one check. */
const SHORTEST_PAUSE_MS = 250

export function createAlarm(
  clock: Clock,
  atLeastEveryMs: number,
  ring: () => Promise<unknown>,
  shortestPauseMs = SHORTEST_PAUSE_MS,
): Alarm {
  let ringsAt = Number.POSITIVE_INFINITY
  let notBefore = Number.NEGATIVE_INFINITY
  let cancel = () => {}
  let stopped = false

  function wakeAt(ms: number): void {
    const now = clock.now()
    // If one of these is further ahead than it can be, the clock was set back.
    if (notBefore > now + shortestPauseMs) notBefore = now
    if (ringsAt > now + atLeastEveryMs) ringsAt = Number.POSITIVE_INFINITY
    const next = Math.max(ms, notBefore)
    if (stopped || next >= ringsAt) return
    cancel()
    ringsAt = next
    cancel = clock.at(next, async () => {
      const now = clock.now()
      ringsAt = Number.POSITIVE_INFINITY
      notBefore = now + shortestPauseMs
      wakeAt(now + atLeastEveryMs)
      await ring()
    })
  }

  wakeAt(clock.now() + atLeastEveryMs)
  return {
    wakeAt,
    stop() {
      stopped = true
      cancel()
    },
  }
}
