/** The source of time. Tests pass a clock that they move themselves. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number
  /** Calls back once, at a moment or later. The returned function cancels it. It never keeps the process running. */
  at(timeMs: number, callback: () => void): () => void
  /** Of a clock that servers share (`sharedClock.ts`): sets it by what `ask` reads, and tells how wrong the machine's is. */
  follow?(ask: () => Promise<number>): Promise<void>
  skewMs?(): number
}

/** Node's timers cannot count further: a moment that is further ahead comes early. Alarms ring more often. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

export const systemClock: Clock = {
  now: Date.now,
  at(timeMs, callback) {
    const timer = setTimeout(callback, Math.min(Math.max(0, timeMs - Date.now()), LONGEST_TIMER_MS))
    timer.unref()
    return () => clearTimeout(timer)
  },
}
