import type { Closing } from '../../db/closings.ts'
import type { AlertKind, CloseReason } from '../../db/schema.ts'
import { MINUTE_MS } from '../../db/units.ts'
import { heldUntil, type Mute } from '../lifecycle/mute.ts'

/** A service is flapping once it has had this many incidents within `FLAPPING_WITHIN_MS`. */
const FLAPPING_INCIDENTS = 5
export const FLAPPING_WITHIN_MS = 60 * MINUTE_MS
/** A service that has not changed for this long is no longer flapping. */
const STEADY_AFTER_MS = 30 * MINUTE_MS

export const isFlapping = (lastChangeAt: number | null, now: number) =>
  lastChangeAt !== null && now - lastChangeAt < STEADY_AFTER_MS

interface Opened {
  /** When the incident will be as old as it has to be to be told. */
  oldEnoughAt: number
  /** How often the service has gone down lately, not counting this time. */
  downs: number
  lastChangeAt: number | null
}

/**
 * Decides which alerts a service gets when it goes down: usually one, once the incident is old enough. The alert that
 * finds it flapping says so. While it flaps, an alert waits until it has stayed down for `STEADY_AFTER_MS`. `flaps`: it
 * counts as a change of a flapping service.
 */
export function onOpening(
  { oldEnoughAt, downs, lastChangeAt }: Opened,
  now: number,
): { flaps: boolean; alerts: { flapping: boolean; notBefore: number | null }[] } {
  const notBefore = oldEnoughAt > now ? oldEnoughAt : null
  const steady = { flapping: false, notBefore: Math.max(now + STEADY_AFTER_MS, oldEnoughAt) }
  if (isFlapping(lastChangeAt, now)) return { flaps: true, alerts: [steady] }
  return downs + 1 >= FLAPPING_INCIDENTS
    ? { flaps: true, alerts: [{ flapping: true, notBefore }, steady] }
    : { flaps: false, alerts: [{ flapping: false, notBefore }] }
}

interface Closed extends Mute {
  /** A pause closed it. */
  isPaused: boolean
  isTold: boolean
  isDue: boolean
  /** It was over before it was old enough to be told. */
  isShort: boolean
  /** Its own alert was to say that the service flaps, and nobody was told yet. */
  isFirstOfFlapping: boolean
  lastChangeAt: number | null
}

interface OnClosing {
  closing: Closing | null
  /** Alerts that are not announced yet are not sent any more. */
  withdraws: boolean
  /** It counts as a change of a flapping service. */
  flaps: boolean
  /** The service is not flapping after all. */
  isSteady: boolean
}

/**
 * Decides what the end of an incident does. It is told only if people know of the incident or are about to; while the
 * service flaps, once it is steady. If its alert was not made yet, the end alone tells all of it.
 */
export function onClosing(incident: Closed, now: number): OnClosing {
  const { isPaused, isTold, isDue, isShort, isFirstOfFlapping, alertsEnabled } = incident
  const untold = { closing: null, withdraws: true, flaps: false, isSteady: isFirstOfFlapping }
  if (isPaused) return { ...untold, closing: isTold ? closedBy('paused') : null }
  const isHeld = heldUntil(incident, now) !== null
  const flaps = isFlapping(incident.lastChangeAt, now)
  if (isShort && !isTold) return { ...untold, flaps: flaps && !isFirstOfFlapping }
  // A mute does not hide the end of an incident that was told: "until it recovers" ends now, a time only delays it.
  const isToldOrDue = isTold || (isDue && !isHeld)
  const common = { withdraws: isHeld, flaps, isSteady: false }
  if (!isToldOrDue) return { ...common, closing: null }
  if (!alertsEnabled) return { ...common, closing: closedBy('alerts_off') }
  if (flaps) return { ...common, closing: onceSteady('recovered', now) }
  return { ...common, closing: RECOVERED, withdraws: isHeld || !isTold }
}

const RECOVERED: Closing = { kind: 'recovered', closeReason: 'recovered', notBefore: null }

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

/** Whether a person ended what was told, rather than a recovery. Such an end is recorded when it happens. */
export const endsByAct = (reason: CloseReason | null): boolean =>
  reason === 'paused' || reason === 'removed' || reason === 'alerts_off'

/** Decides anew how an end is told that has waited: its service may have been paused or its alerts switched off. */
export function whileItWaited<T extends { kind: AlertKind; close_reason: CloseReason | null; recorded_at: number }>(
  alert: T & { alerts_enabled: boolean; paused_at: number | null },
  now: number,
): T {
  const { kind, close_reason: reason } = alert
  if (kind === 'recovered' && !alert.alerts_enabled)
    return { ...alert, kind: 'closed', close_reason: 'alerts_off', recorded_at: now }
  if (reason !== 'flapping_over' || alert.paused_at === null) return alert
  return { ...alert, kind: 'closed', close_reason: 'paused', recorded_at: alert.paused_at }
}
