import { alertsOf, insertAlerts } from '../../db/alerts.ts'
import { openCauses, replaceCauses } from '../../db/causes.ts'
import type { Trx } from '../../db/schema.ts'
import type { ServiceChange } from '../watch/serviceChange.ts'
import { onCause } from './cause.ts'

/**
 * Lets incidents that are open already take over the cause of another signal of failure. Their locks are held already.
 *
 * @returns the incidents that have another cause now, and whether there is a message about any
 */
export async function takeOver(
  trx: Trx,
  changes: readonly ServiceChange[],
  now: number,
): Promise<{ incidentIds: number[]; tells: boolean }> {
  if (changes.length === 0) return { incidentIds: [], tells: false }
  const changeOf = new Map(changes.map((change) => [change.serviceId, change]))
  const open = await openCauses(trx, [...changeOf.keys()])
  const alerts = await alertsOf(
    trx,
    open.map(({ incidentId }) => incidentId),
    now,
  )
  const alertsOfIncident = new Map(alerts.map((one) => [one.incidentId, one]))
  const replaced = open.flatMap((incident) => {
    const { reason, note = null, at, silentSince } = changeOf.get(incident.serviceId) as ServiceChange
    const startedAt = reason === 'run' ? silentSince : null
    const told = alertsOfIncident.get(incident.incidentId) as (typeof alerts)[number]
    const { replaces, tells } = onCause({ ...incident, ...told }, { reason, note }, now)
    return replaces ? [{ incidentId: incident.incidentId, reason, note, at, startedAt, tells }] : []
  })
  await replaceCauses(trx, replaced)
  const toTell = replaced.filter(({ tells }) => tells)
  const alert = { kind: 'changed' as const, flapping: false, recordedAt: now, notBefore: null, closeReason: null }
  await insertAlerts(
    trx,
    toTell.map(({ incidentId }) => ({ ...alert, incidentId })),
  )
  return { incidentIds: replaced.map(({ incidentId }) => incidentId), tells: toTell.length > 0 }
}
