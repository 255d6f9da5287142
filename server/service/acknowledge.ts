import { z } from 'zod'
import { clearAttentions } from '../../db/attentions.ts'
import { requestEdits } from '../../db/edits.ts'
import { acknowledgeIncidents, findOpenIncident, type Incident } from '../../db/incidents.ts'
import type { Trx } from '../../db/schema.ts'
import type { Deps } from '../deps.ts'
import { CallerError } from '../errors.ts'
import { acknowledger } from '../input/person.ts'
import { serviceKey } from '../input/serviceKey.ts'
import { inTransaction } from '../inTransaction.ts'
import { type IncidentView, viewIncident } from '../status/incident.ts'
import { findAndLock } from './lock.ts'

export const acknowledgeInput = z.strictObject({ serviceKey, by: acknowledger })

export interface Acknowledged {
  serviceKey: string
  /** The open incident, if there is one. The first person who acknowledged it by name stays. */
  incident: IncidentView | null
  /** Whether the service had asked people to look at it; that request is cleared now. */
  attention: boolean
}

/** Acknowledges the open incident, which ends its reminders, and clears the service's request for attention. */
export async function acknowledge(deps: Deps, input: z.output<typeof acknowledgeInput>): Promise<Acknowledged> {
  return inTransaction(deps, async (deps, trx) => {
    const { id, key } = await findAndLock(trx, input.serviceKey)
    const now = deps.clock.now()
    const incident = await acknowledgeOpen(trx, id, { at: now, by: input.by })
    const attention = await clearAttentions(trx, [id])
    if (!incident && !attention) {
      throw new CallerError(
        'nothing_to_acknowledge',
        `there is nothing to acknowledge: "${key}" has no open incident and asked for no look`,
      )
    }
    if (incident && (await requestEdits(trx, [incident.id], now))) await deps.jobs.announce.after(trx)
    return { serviceKey: key, incident: incident ? viewIncident(incident, deps.iso) : null, attention }
  })
}

async function acknowledgeOpen(
  trx: Trx,
  serviceId: number,
  seen: { at: number; by: string | null },
): Promise<Incident | undefined> {
  const open = await findOpenIncident(trx, serviceId)
  if (!open) return
  await acknowledgeIncidents(trx, [open.id], seen)
  return findOpenIncident(trx, serviceId)
}
