import type { Closing } from '../../db/closings.ts'
import type { AlertKind, CloseReason } from '../../db/schema.ts'
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

interface Closed extends Mute {
  /** A pause closed it. */
  isPaused: boolean
  isTold: boolean
  isDue: boolean
  lastChangeAt: number | null
}

/**
 * Decides what the end of an incident does. It is told only if people know of the incident or are about to; while the
 * service flaps, once it is steady. `withdraws`: alerts that are held back are not sent any more. `flaps`: it counts as a
 * change of a flapping service.
 */
export function onClosing(
  incident: Closed,
  now: number,
): { closing: Closing | null; withdraws: boolean; flaps: boolean } {
  const { isPaused, isTold, isDue, alertsEnabled } = incident
  if (isPaused) return { closing: isTold ? closedBy('paused') : null, withdraws: true, flaps: false }
  const isHeld = heldUntil(incident, now) !== null
  const flaps = isFlapping(incident.lastChangeAt, now)
  // A mute does not hide the end of an incident that was told: "until it recovers" ends now, a time only delays it.
  const isToldOrDue = isTold || (isDue && !isHeld)
  if (!isToldOrDue) return { closing: null, withdraws: isHeld, flaps }
  if (!alertsEnabled) return { closing: closedBy('alerts_off'), withdraws: isHeld, flaps }
  const recovered: Closing = { kind: 'recovered', closeReason: 'recovered', notBefore: null }
  return { closing: flaps ? onceSteady('recovered', now) : recovered, withdraws: isHeld, flaps }
}

/** Whether an alert tells that something is over. */
export const tellsEnd = (kind: AlertKind): boolean => kind === 'recovered' || kind === 'closed'

/** The end that is told at once to whoever cannot see it in the alert itself. */
export const closedBy = (closeReason: CloseReason): Closing => ({ kind: 'closed', closeReason, notBefore: null })

/** The end of what was told as flapping: once the service has been steady, whether it recovered or is down again. */
export const onceSteady = (kind: Closing['kind'], now: number): Closing => ({
  kind,
  closeReason: 'flapping_over',
  notBefore: now + STEADY_AFTER_MS,
})

/** Decides anew how an end is told that has waited: its service may have been paused or its alerts switched off. */
export function whileItWaited<T extends { kind: AlertKind; close_reason: CloseReason | null }>(
  alert: T & { alerts_enabled: boolean; paused_at: number | null },
): T {
  const { kind, close_reason: reason } = alert
  if (kind === 'recovered' && !alert.alerts_enabled) return { ...alert, kind: 'closed', close_reason: 'alerts_off' }
  const isPaused = reason === 'flapping_over' && alert.paused_at !== null
  return isPaused ? { ...alert, kind: 'closed', close_reason: 'paused' } : alert
}
