import { MINUTE_MS } from '../../db/units.ts'
import { heldUntil, type Mute } from '../lifecycle/mute.ts'

/** As many incidents of a service within this time, and it is flapping. */
const FLAPPING_INCIDENTS = 5
export const FLAPPING_WITHIN_MS = 60 * MINUTE_MS
/** Without a change for this long, it is normal again. */
const STEADY_AFTER_MS = 30 * MINUTE_MS

const isFlapping = (lastChangeAt: number | null, now: number) =>
  lastChangeAt !== null && now - lastChangeAt < STEADY_AFTER_MS

/**
 * What is told of a service that has just gone down: that it is flapping, if this has become too frequent; and, as long
 * as it flaps, that it is down once it has stayed so.
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

/** A recovery is told only if its incident was, or is about to be; while a service flaps, none is. */
export function onClosing(incident: Closing, now: number): { tells: boolean; withdraws: boolean; flaps: boolean } {
  const isHeld = heldUntil(incident, now) !== null
  const flaps = isFlapping(incident.lastChangeAt, now)
  // A mute "until it recovers" is over now, and one until a time holds the news until then.
  const isKnown = incident.isTold || (incident.isDue && !isHeld)
  return { tells: isKnown && incident.alertsEnabled && !flaps, withdraws: isHeld, flaps }
}
