import { MINUTE_MS } from '../../db/units.ts'
import { heldUntil, type Mute } from '../lifecycle/mute.ts'

/** A service is flapping once it has had this many incidents within `FLAPPING_WITHIN_MS`. */
const FLAPPING_INCIDENTS = 5
export const FLAPPING_WITHIN_MS = 60 * MINUTE_MS
/** A service that has not changed for this long is no longer flapping. */
const STEADY_AFTER_MS = 30 * MINUTE_MS

const isFlapping = (lastChangeAt: number | null, now: number) =>
  lastChangeAt !== null && now - lastChangeAt < STEADY_AFTER_MS

/**
 * Decides which alerts a service gets when it goes down: usually one at once. The alert that finds it flapping says so.
 * While it flaps, an alert waits until it has stayed down for `STEADY_AFTER_MS`.
 */
export function onOpening(
  { downs, lastChangeAt }: { downs: number; lastChangeAt: number | null },
  now: number,
): { flapping: boolean; notBefore: number | null }[] {
  const steady = { flapping: false, notBefore: now + STEADY_AFTER_MS }
  if (isFlapping(lastChangeAt, now)) return [steady]
  return downs + 1 >= FLAPPING_INCIDENTS
    ? [{ flapping: true, notBefore: null }, steady]
    : [{ flapping: false, notBefore: null }]
}

interface Closing extends Mute {
  isTold: boolean
  isDue: boolean
  lastChangeAt: number | null
}

/**
 * Decides what a recovery does. It is told only if people know of the incident or are about to, and never while the
 * service flaps. `withdraws`: alerts that are held back are not sent any more. `flaps`: it counts as a change of a
 * flapping service.
 */
export function onClosing(incident: Closing, now: number): { tells: boolean; withdraws: boolean; flaps: boolean } {
  const isHeld = heldUntil(incident, now) !== null
  const flaps = isFlapping(incident.lastChangeAt, now)
  // A mute does not hide the end of an incident that was told: "until it recovers" ends now, a time only delays it.
  const isToldOrDue = incident.isTold || (incident.isDue && !isHeld)
  return { tells: isToldOrDue && incident.alertsEnabled && !flaps, withdraws: isHeld, flaps }
}
