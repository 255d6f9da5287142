import type { Absence } from './absence.ts'
import type { Clock } from './clock.ts'
import { CallerError, isDatabaseAway, isWrongAddress, stopping } from './errors.ts'

/** Leads a start past a database that is away, while the doors are already there and say so. */
export interface Reach {
  /** Tries until the database can be reached, or the start is given up; any other fault is thrown. */
  once<T>(attempt: () => Promise<T>): Promise<T>
  /** Nothing is waited for any more. */
  open(): void
  /** Throws 503 with what is waited for. */
  refuseUntilOpen(): void
  /** Nothing more is tried. */
  giveUp(): void
}

const AGAIN_AFTER_MS = 1_000

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
        await new Promise<void>((resolve) => clock.at(clock.now() + AGAIN_AFTER_MS, resolve))
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
