import {
  alertsOf,
  insertAlerts,
  noteFlapping,
  recentDowns,
  unmuteRecovered,
  withdrawAlerts,
  withdrawHeldAlerts,
} from '../../db/alerts.ts'
import { lockClosing, moveFlappingOver } from '../../db/closings.ts'
import { requestEdits } from '../../db/edits.ts'
import { closeIncidents, openIncidents } from '../../db/incidents.ts'
import type { Trx } from '../../db/schema.ts'
import type { ServiceChange } from '../watch/serviceChange.ts'
import { closedBy, FLAPPING_WITHIN_MS, onClosing, onceSteady, onOpening } from './policy.ts'

/**
 * Opens incidents of services that go down, closes those of services that come back, and stores the alerts about both.
 *
 * @returns whether there is anything to announce
 */
export async function recordIncidents(trx: Trx, changes: readonly ServiceChange[], now: number): Promise<boolean> {
  let hasNews = false
  const closed: number[] = []
  for (const round of rounds(changes)) {
    await lockClosing(
      trx,
      round.map(({ serviceId }) => serviceId),
    )
    const { incidentIds, tells } = await close(trx, round.filter(isClosing), now)
    const opens = await open(trx, round.filter(isOpening), now)
    closed.push(...incidentIds)
    hasNews ||= tells || opens
  }
  const hasEdits = await requestEdits(trx, closed, now)
  return hasNews || hasEdits
}

const isOpening = ({ to, reason }: ServiceChange) => to === 'down' && reason !== 'pause'
const isClosing = ({ from, to, reason }: ServiceChange) =>
  to === 'alive' || (to === 'unknown' && from !== 'unknown') || reason === 'pause'

/** Splits changes into rounds with one change of each service: it may go down and come back in one transaction. */
function rounds(changes: readonly ServiceChange[]): ServiceChange[][] {
  const rounds: ServiceChange[][] = []
  const seen = new Map<number, number>()
  for (const change of changes) {
    const round = seen.get(change.serviceId) ?? 0
    seen.set(change.serviceId, round + 1)
    rounds[round] ??= []
    rounds[round].push(change)
  }
  return rounds
}

async function open(trx: Trx, changes: ServiceChange[], now: number): Promise<boolean> {
  const opened = await openIncidents(
    trx,
    changes.map((change) => ({ ...change, note: change.note ?? null })),
  )
  if (opened.length === 0) return false
  const serviceIds = opened.map(({ serviceId }) => serviceId)
  const history = new Map(
    (await recentDowns(trx, serviceIds, now - FLAPPING_WITHIN_MS)).map((row) => [row.serviceId, row]),
  )
  const decided = opened.map(({ id, serviceId }) => {
    const { downs = 0, lastChangeAt = null } = history.get(serviceId) ?? {}
    return { serviceId, incidentId: id, alerts: onOpening({ downs, lastChangeAt }, now) }
  })
  await insertAlerts(
    trx,
    decided.flatMap(({ incidentId, alerts }) =>
      alerts.map((alert) => ({ ...alert, incidentId, kind: 'down' as const, recordedAt: now, closeReason: null })),
    ),
  )
  const flapping = decided
    .filter(({ alerts }) => alerts.some(({ notBefore }) => notBefore !== null))
    .map(({ serviceId }) => serviceId)
  await noteFlapping(trx, flapping, now)
  // If it stays down, this incident is told then, and the one that was told as flapping has ended without a recovery.
  await moveFlappingOver(trx, flapping, onceSteady('closed', now))
  return true
}

async function close(
  trx: Trx,
  changes: ServiceChange[],
  now: number,
): Promise<{ incidentIds: number[]; tells: boolean }> {
  const closed = await closeIncidents(trx, changes)
  if (closed.length === 0) return { incidentIds: [], tells: false }
  const paused = new Set(changes.filter(({ reason }) => reason === 'pause').map(({ serviceId }) => serviceId))
  const incidentIds = closed.map(({ id }) => id)
  const decided = (await alertsOf(trx, incidentIds, now)).map((incident) => {
    const isPaused = paused.has(incident.serviceId)
    return { ...incident, isPaused, ...onClosing({ ...incident, isPaused }, now) }
  })
  const idsOf = (which: (one: (typeof decided)[number]) => boolean, id: 'incidentId' | 'serviceId') =>
    decided.filter(which).map((one) => one[id])
  // These alerts waited for the service to stay down.
  await withdrawHeldAlerts(trx, incidentIds, now)
  await withdrawAlerts(
    trx,
    idsOf(({ withdraws }) => withdraws, 'incidentId'),
  )
  await insertAlerts(
    trx,
    decided.flatMap(({ incidentId, closing }) =>
      closing ? [{ ...closing, incidentId, flapping: false, recordedAt: now }] : [],
    ),
  )
  await unmuteRecovered(
    trx,
    closed.map(({ serviceId }) => serviceId),
  )
  const flapping = idsOf(({ flaps }) => flaps, 'serviceId')
  await noteFlapping(trx, flapping, now)
  await moveFlappingOver(trx, flapping, onceSteady('recovered', now))
  const isMoved = await moveFlappingOver(
    trx,
    idsOf(({ isPaused }) => isPaused, 'serviceId'),
    closedBy('paused'),
  )
  return { incidentIds, tells: isMoved || decided.some(({ closing }) => closing !== null) }
}
