import type { Status } from './schema.ts'
import { HOUR_MS } from './units.ts'

/** Transitions of one service that are stored for an hour of the clock. */
export const MOST_AN_HOUR = 120

export interface TransitionWrite {
  serviceId: number
  from: Status
  to: Status
  reason: string
  at: number
}

/** A transition as it is stored. */
export interface CondensedTransition extends TransitionWrite {
  /** Which one of its hour it is. */
  nth: number
  /** How many transitions before it, of the same hour, it stands for besides itself; and how many of them to down. */
  condensed: number
  condensedDowns: number
}

export const hourOf = (ms: number): number => Math.floor(ms / HOUR_MS)

/**
 * Decides what is stored of a service's transitions. Beyond `MOST_AN_HOUR`, each takes the place of the one before it and
 * counts it. The newest stored transition is always the newest there was.
 *
 * @param newest the one that was stored last, if it is of the hour of the first change or a later one
 * @returns `replaces`: `newest` goes
 */
export function condense(
  newest: CondensedTransition | undefined,
  changes: readonly TransitionWrite[],
): { rows: CondensedTransition[]; replaces: boolean } {
  const rows: CondensedTransition[] = []
  let replaces = false
  let last = newest
  for (const change of changes) {
    // A later hour counts as the same, or a clock that is set back would begin a count with each change.
    const before = last && hourOf(last.at) >= hourOf(change.at) ? last : undefined
    if (before && before.nth >= MOST_AN_HOUR) {
      if (rows.pop() === undefined) replaces = true
      last = { ...change, ...merged(before) }
    } else last = { ...change, nth: (before?.nth ?? 0) + 1, condensed: 0, condensedDowns: 0 }
    rows.push(last)
  }
  return { rows, replaces }
}

const merged = ({ from, to, nth, condensed, condensedDowns }: CondensedTransition) => ({
  from,
  nth,
  condensed: condensed + 1,
  condensedDowns: condensedDowns + (to === 'down' ? 1 : 0),
})
