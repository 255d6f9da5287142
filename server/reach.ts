import type { Absence } from './absence.ts'
import type { Clock } from './clock.ts'
import { CallerError, isDatabaseAway, isWrongAddress, stopping } from './errors.ts'

/** Retries the start while the database is away. HTTP is open meanwhile, and answers 503 with the reason. */
export interface Reach {
  /** Retries a step each second while the database is away. Throws any other error, and after `giveUp`. */
  once<T>(attempt: () => Promise<T>): Promise<T>
  /** Lets requests in: the start needs nothing more for them. */
  open(): void
  /** Throws 503, with what the start waits for, until `open` is called. */
  refuseUntilOpen(): void
  /** Ends the retries, since the server stops. */
  giveUp(): void
}

const RETRY_AFTER_MS = 1_000

export function createReach({ clock, absence }: { clock: Clock; absence: Absence }): Reach {
  let isOpen = false
  let isGivenUp = false
  let waitsFor = 'still starting'

  return {
    async once(attempt) {
      while (true) {
        if (isGivenUp) throw stopping()
        try {
          const reached = await attempt()
          waitsFor = 'still starting'
          return reached
        } catch (error) {
          if (!isDatabaseAway(error) || isWrongAddress(error)) throw error
          waitsFor = 'still starting: waiting for the database, which cannot be reached'
          absence.noted(error, waitsFor)
        }
        await new Promise<void>((resolve) => clock.at(clock.now() + RETRY_AFTER_MS, resolve))
      }
    },
    open() {
      isOpen = true
    },
    giveUp() {
      isGivenUp = true
    },
    refuseUntilOpen() {
      if (!isOpen) throw new CallerError('starting', waitsFor)
    },
  }
}
