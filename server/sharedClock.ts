import type { Clock } from './clock.ts'

/** A clock that shows what the database's does, whatever the clock of this machine shows. */
export interface SharedClock extends Required<Clock> {
  /** Measures by how much the two differ. `ask` reads the database's clock. */
  follow(ask: () => Promise<number>): Promise<void>
  /** By how much the clock of this machine is ahead of the database's; negative: behind. */
  skewMs(): number
}

/** Clocks that are kept by NTP differ by less. Following each measurement would make time jitter. */
const TOLERATED_MS = 20
/** An answer that took longer says too little. */
const LONGEST_ANSWER_MS = 1_000

/** Servers compare moments that others have stored, so all go by the one clock that they share (Cristian's algorithm). */
export function createSharedClock(own: Clock): SharedClock {
  let skewMs = 0
  return {
    now: () => own.now() - skewMs,
    at: (timeMs, callback) => own.at(timeMs + skewMs, callback),
    skewMs: () => skewMs,
    async follow(ask) {
      const askedAt = own.now()
      const shownMs = await ask()
      const tookMs = own.now() - askedAt
      if (tookMs < 0 || tookMs > LONGEST_ANSWER_MS) return
      // The answer was read some time between, so the middle is wrong by half of it at most.
      const measuredMs = Math.round(askedAt + tookMs / 2 - shownMs)
      if (Math.abs(measuredMs - skewMs) > tookMs / 2 + TOLERATED_MS) skewMs = measuredMs
    },
  }
}
