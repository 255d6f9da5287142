import type { AlertKind } from '../../db/schema.ts'
import { CLOCK_SET_BACK_MS } from '../text/time.ts'

/** An alert that waits to be told; times in epoch milliseconds. */
export interface Waiting {
  id: number
  serviceId: number
  kind: AlertKind
  recordedAt: number
  /** The alert is held back until then, by a mute or while flapping settles. `Infinity`: no clock ends the hold. */
  heldUntil: number | null
}

/**
 * Groups the alerts that are due: one group is one message. It holds alerts of one kind that came within the window of
 * the first one; the window is never extended. A service's alerts are told in the order in which they happened, so an
 * alert waits for the earlier ones of its service.
 *
 * @returns the groups, in the order in which to tell them, and when the next group will be due
 */
export function dueGroups<T extends Waiting>(
  alerts: readonly T[],
  now: number,
  groupMs: number,
): { groups: T[][]; nextAt: number | null } {
  const groups: T[][] = []
  let left = [...alerts].sort((a, b) => a.id - b.id)
  for (let group = nextGroup(left, now, groupMs); group; group = nextGroup(left, now, groupMs)) {
    groups.push(group)
    const told = new Set(group)
    left = left.filter((alert) => !told.has(alert))
  }
  // An overdue alert that is left here waits for an earlier one of its own service, so only that one's moment counts.
  const ahead = left.map((alert) => beginOf(alert, now, groupMs) + groupMs).filter((moment) => moment > now)
  const nextAt = earliest(ahead)
  return { groups, nextAt: Number.isFinite(nextAt) ? nextAt : null }
}

function nextGroup<T extends Waiting>(alerts: readonly T[], now: number, groupMs: number): T[] | null {
  const candidates = firstsOf(alerts).filter(({ heldUntil }) => heldUntil === null || heldUntil <= now)
  let due: { group: T[]; begin: number } | null = null
  for (const kind of ['down', 'changed', 'recovered', 'closed', 'reminder'] as const) {
    const same = candidates.filter((alert) => alert.kind === kind)
    const begins = same.map((alert) => beginOf(alert, now, groupMs))
    const begin = earliest(begins)
    if (same.length === 0 || begin + groupMs > now || (due && due.begin <= begin)) continue
    due = { group: same.filter((_, index) => (begins[index] as number) <= begin + groupMs), begin }
  }
  return due?.group ?? null
}

/** The smallest moment; `Infinity` for none. `Math.min(...moments)` would fail for very many of them. */
const earliest = (moments: readonly number[]) =>
  moments.reduce((least, moment) => Math.min(least, moment), Number.POSITIVE_INFINITY)

/** The oldest alert of each service. */
function firstsOf<T extends Waiting>(alerts: readonly T[]): T[] {
  const seen = new Set<number>()
  return alerts.filter(({ serviceId }) => !seen.has(serviceId) && seen.add(serviceId))
}

/**
 * When an alert's window begins. A held alert is due when its hold ends. An alert from the future is due now: the clock
 * was set back.
 */
function beginOf({ recordedAt, heldUntil }: Waiting, now: number, groupMs: number): number {
  if (heldUntil !== null) return Math.max(recordedAt, heldUntil - groupMs)
  return recordedAt > now + CLOCK_SET_BACK_MS ? now - groupMs : recordedAt
}
