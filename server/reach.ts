import type { Clock } from './clock.ts'
import { CallerError, isDatabaseAway } from './errors.ts'
import type { Log } from './log.ts'

/** Leads a start past a database that is away, while the doors are already there and say so. */
export interface Reach {
  /** Tries until the database can be reached; any other fault is thrown. Tells what it waits for once, and then seldom. */
  once<T>(attempt: () => Promise<T>): Promise<T>
  /** Nothing is waited for any more. */
  open(): void
  /** Throws 503 with what is waited for. */
  refuseUntilOpen(): void
}

interface ReachDeps {
  clock: Clock
  log: Log
  /** Where the database is, for people. */
  description: string
}

const AGAIN_AFTER_MS = 1_000
const REMIND_EVERY_MS = 10 * 60_000

export function createReach({ clock, log, description }: ReachDeps): Reach {
  let isOpen = false
  let waitsFor = 'still starting'
  let toldAt = Number.NEGATIVE_INFINITY

  function tell(error: unknown): void {
    waitsFor = 'still starting: waiting for the database, which cannot be reached'
    const now = clock.now()
    if (Math.abs(now - toldAt) < REMIND_EVERY_MS) return
    toldAt = now
    log.warn(
      { err: error },
      `waiting for the database: ${description} cannot be reached; is DATABASE_URL right, and PostgreSQL running?`,
    )
  }

  return {
    async once(attempt) {
      while (true) {
        try {
          const reached = await attempt()
          waitsFor = 'still starting'
          return reached
        } catch (error) {
          if (!isDatabaseAway(error)) throw error
          tell(error)
        }
        await new Promise<void>((resolve) => clock.at(clock.now() + AGAIN_AFTER_MS, resolve))
      }
    },
    open() {
      isOpen = true
    },
    refuseUntilOpen() {
      if (!isOpen) throw new CallerError('SERVICE_UNAVAILABLE', waitsFor)
    },
  }
}
