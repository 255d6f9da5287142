import {
  alertsOf,
  insertAlerts,
  unmuteRecovered,
  withdrawAlerts,
  withdrawChanged,
  withdrawHeldAlerts,
} from '../../db/alerts.ts'
import { lockClosing, moveFlappingOver } from '../../db/closings.ts'
import { requestEdits } from '../../db/edits.ts'
import { forgetFlapping, noteFlapping, recentDowns } from '../../db/flapping.ts'
import { closeIncidents, openIncidents } from '../../db/incidents.ts'
import { condenseIncidents } from '../../db/manyIncidents.ts'
import type { Trx } from '../../db/schema.ts'
import type { ServiceChange } from '../watch/serviceChange.ts'
import { takeOver } from './causes.ts'
import { closedBy, FLAPPING_WITHIN_MS, onClosing, onceSteady, onOpening } from './policy.ts'

interface Occasion {
  now: number
  /** An incident is told only once it is as old as this. */
  minIncidentMs: number
}

/**
 * Opens incidents of services that go down, closes those of services that come back, lets open ones take over another
 * cause, and stores the alerts about all that.
 *
 * @returns whether there is anything to announce
 */
export async function recordIncidents(
  trx: Trx,
  changes: readonly ServiceChange[],
  occasion: Occasion,
): Promise<boolean> {
  let hasNews = false
  const amended: number[] = []
  for (const round of rounds(changes)) {
    await lockClosing(
      trx,
      round.map(({ serviceId }) => serviceId),
    )
    const closed = await close(trx, round.filter(isClosing), occasion)
    const { opens, left } = await open(trx, round.filter(isOpening), occasion)
    const replaced = await takeOver(trx, [...round.filter(({ isCause }) => isCause), ...left], occasion.now)
    amended.push(...closed.incidentIds, ...replaced.incidentIds)
    hasNews ||= closed.tells || opens || replaced.tells
  }
  const hasEdits = await requestEdits(trx, amended, occasion.now)
  return hasNews || hasEdits
}

const isOpening = ({ to, reason, isCause }: ServiceChange) => to === 'down' && reason !== 'pause' && !isCause
const isClosing = ({ from, to, reason }: ServiceChange) =>
  to === 'alive' || (to === 'unknown' && from !== 'unknown') || reason === 'pause'

/**
 * Splits changes into rounds with one change of each service: it may go down and come back in one transaction. Of causes
 * in a row only the newest counts, so that a job that fails in quick succession does not make a round each time.
 */
function rounds(changes: readonly ServiceChange[]): ServiceChange[][] {
  const rounds: ServiceChange[][] = []
  const ofService = Map.groupBy(changes, ({ serviceId }) => serviceId)
  for (const its of ofService.values()) {
    const counted = its.filter(({ isCause }, index) => !(isCause && its[index + 1]?.isCause))
    for (const [round, change] of counted.entries()) {
      rounds[round] ??= []
      rounds[round].push(change)
    }
  }
  return rounds
}

/** @returns `left`: the changes of services whose incident was open already, since they were dead */
async function open(
  trx: Trx,
  changes: ServiceChange[],
  { now, minIncidentMs }: Occasion,
): Promise<{ opens: boolean; left: ServiceChange[] }> {
  const opened = await openIncidents(
    trx,
    changes.map((change) => ({ ...change, note: change.note ?? null })),
  )
  const serviceIds = opened.map(({ serviceId }) => serviceId)
  const isOpened = new Set(serviceIds)
  const left = changes.filter(({ serviceId }) => !isOpened.has(serviceId))
  if (opened.length === 0) return { opens: false, left }
  const history = new Map(
    (await recentDowns(trx, serviceIds, now - FLAPPING_WITHIN_MS)).map((row) => [row.serviceId, row]),
  )
  const decided = opened.map(({ id, serviceId, openedAt }) => {
    const { downs = 0, lastChangeAt = null } = history.get(serviceId) ?? {}
    const oldEnoughAt = openedAt + minIncidentMs
    return { serviceId, incidentId: id, ...onOpening({ oldEnoughAt, downs, lastChangeAt }, now) }
  })
  await insertAlerts(
    trx,
    decided.flatMap(({ incidentId, alerts }) =>
      alerts.map((alert) => ({ ...alert, incidentId, kind: 'down' as const, recordedAt: now, closeReason: null })),
    ),
  )
  const flapping = decided.filter(({ flaps }) => flaps).map(({ serviceId }) => serviceId)
  await noteFlapping(trx, flapping, now)
  // If it stays down, this incident is told then, and the one that was told as flapping has ended without a recovery.
  await moveFlappingOver(trx, flapping, { ...onceSteady('closed', now), now })
  return { opens: true, left }
}

async function close(
  trx: Trx,
  changes: ServiceChange[],
  { now, minIncidentMs }: Occasion,
): Promise<{ incidentIds: number[]; tells: boolean }> {
  const closed = await closeIncidents(trx, changes)
  if (closed.length === 0) return { incidentIds: [], tells: false }
  const paused = new Set(changes.filter(({ reason }) => reason === 'pause').map(({ serviceId }) => serviceId))
  const incidentIds = closed.map(({ id }) => id)
  const decided = (await alertsOf(trx, incidentIds, now)).map((incident) => {
    const { serviceId, openedAt, closedAt } = incident
    const isPaused = paused.has(serviceId)
    const isShort = (closedAt ?? now) - openedAt < minIncidentMs
    return { ...incident, isPaused, ...onClosing({ ...incident, isPaused, isShort }, now) }
  })
  const idsOf = (which: (one: (typeof decided)[number]) => boolean, id: 'incidentId' | 'serviceId') =>
    decided.filter(which).map((one) => one[id])
  // These alerts waited for the service to stay down, or told why it still is.
  await withdrawHeldAlerts(trx, incidentIds, now)
  await withdrawChanged(trx, incidentIds)
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
  await forgetFlapping(
    trx,
    idsOf(({ isSteady }) => isSteady, 'serviceId'),
  )
  const flapping = idsOf(({ flaps }) => flaps, 'serviceId')
  await noteFlapping(trx, flapping, now)
  await moveFlappingOver(trx, flapping, { ...onceSteady('recovered', now), now })
  const isMoved = await moveFlappingOver(
    trx,
    idsOf(({ isPaused }) => isPaused, 'serviceId'),
    { ...closedBy('paused'), now },
  )
  await condenseIncidents(trx, incidentIds, now - FLAPPING_WITHIN_MS)
  return { incidentIds, tells: isMoved || decided.some(({ closing }) => closing !== null) }
}
