import type { AlertKind } from '../../db/schema.ts'
import { CLOCK_SET_BACK_MS } from '../text/time.ts'

/** An alert that waits to be told; times in epoch milliseconds. */
export interface Waiting {
  id: number
  serviceId: number
  kind: AlertKind
  recordedAt: number
  /** Nothing is told before: a mute, or a service that must prove steady first. `Infinity`: nobody knows. */
  heldUntil: number | null
}

/**
 * Which alerts are told now, and together: those of a kind that came within the window of the first one. The window
 * never extends. News of a service is told in the order in which it happened, so an alert waits for those before it.
 *
 * @returns the groups, in the order in which they are to be told, and when there will be more
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
  // What is overdue and still here waits for an alert of its own service; that one's moment counts.
  const ahead = left.map((alert) => beginOf(alert, now, groupMs) + groupMs).filter((moment) => moment > now)
  const nextAt = earliest(ahead)
  return { groups, nextAt: Number.isFinite(nextAt) ? nextAt : null }
}

function nextGroup<T extends Waiting>(alerts: readonly T[], now: number, groupMs: number): T[] | null {
  const candidates = firstsOf(alerts).filter(({ heldUntil }) => heldUntil === null || heldUntil <= now)
  let due: { group: T[]; begin: number } | null = null
  for (const kind of ['down', 'recovered', 'reminder'] as const) {
    const same = candidates.filter((alert) => alert.kind === kind)
    const begins = same.map((alert) => beginOf(alert, now, groupMs))
    const begin = earliest(begins)
    if (same.length === 0 || begin + groupMs > now || (due && due.begin <= begin)) continue
    due = { group: same.filter((_, index) => (begins[index] as number) <= begin + groupMs), begin }
  }
  return due?.group ?? null
}

/** `Infinity` for none. However many they are, which a call with that many arguments would not survive. */
const earliest = (moments: readonly number[]) =>
  moments.reduce((least, one) => Math.min(least, one), Number.POSITIVE_INFINITY)

/** The oldest alert of each service. */
function firstsOf<T extends Waiting>(alerts: readonly T[]): T[] {
  const seen = new Set<number>()
  return alerts.filter(({ serviceId }) => !seen.has(serviceId) && seen.add(serviceId))
}

/** When an alert's window begins. One that was held is due when it is let go; one from the future comes of a clock that was set back. */
function beginOf({ recordedAt, heldUntil }: Waiting, now: number, groupMs: number): number {
  if (heldUntil !== null) return Math.max(recordedAt, heldUntil - groupMs)
  return recordedAt > now + CLOCK_SET_BACK_MS ? now - groupMs : recordedAt
}
