import { z } from 'zod'
import { clearAttentions } from '../../db/attentions.ts'
import { acknowledgeIncident, findOpenIncident } from '../../db/incidents.ts'
import type { Deps } from '../deps.ts'
import { CallerError } from '../errors.ts'
import { cutText } from '../heartbeat/details.ts'
import { serviceKey } from '../heartbeat/key.ts'
import { type IncidentView, viewIncident } from '../status/incident.ts'
import { findAndLock } from './lock.ts'

export const acknowledgeInput = z.object({
  serviceKey,
  /** Who says so, for the others to see. */
  by: cutText(100).optional(),
})

export interface Acknowledged {
  serviceKey: string
  /** The incident that is open, if there is one; the first who acknowledged it stays. */
  incident: IncidentView | null
  /** Whether the service had asked for a look, which is done with now. */
  attention: boolean
}

/** Somebody has seen it: no more reminders of the incident, and the request for a look is off the summary. */
export async function acknowledge(deps: Deps, input: z.output<typeof acknowledgeInput>): Promise<Acknowledged> {
  return deps.db.transaction().execute(async (trx) => {
    const { id, key } = await findAndLock(trx, input.serviceKey)
    await acknowledgeIncident(trx, id, { at: deps.clock.now(), by: input.by?.trim() || null })
    const incident = await findOpenIncident(trx, id)
    const attention = await clearAttentions(trx, [id])
    if (!incident && !attention) {
      throw new CallerError(
        'CONFLICT',
        `there is nothing to acknowledge: "${key}" has no open incident and asked for no look`,
      )
    }
    return { serviceKey: key, incident: incident ? viewIncident(incident, deps.iso) : null, attention }
  })
}
