/** Where time comes from; tests pass one that they move themselves. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number
  /** Calls back once, at or after a moment; the returned function takes it back. Never keeps the process running. */
  at(timeMs: number, callback: () => void): () => void
}

/** Node's timers cannot count further than this. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

export const systemClock: Clock = {
  now: Date.now,
  at(timeMs, callback) {
    const timer = setTimeout(callback, Math.min(Math.max(0, timeMs - Date.now()), LONGEST_TIMER_MS))
    timer.unref()
    return () => clearTimeout(timer)
  },
}
