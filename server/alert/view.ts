import { z } from 'zod'
import type { Db, Trx } from '../../db/schema.ts'
import { findAlertMessage, type ToldIncident, toldIncidents } from '../../db/told.ts'
import { alertId, readMessageId } from '../delivery/messageId.ts'
import type { Deps } from '../deps.ts'
import { CallerError } from '../errors.ts'
import { shownName } from '../status/names.ts'
import { namesakesOf } from '../status/namesakes.ts'

export const alertInput = z.strictObject({ id: alertId })

/** An alert, with what has become of its services. Services that were removed are left out. */
export interface AlertView {
  id: string
  event: string
  title: string
  at: string
  services: {
    serviceKey: string
    displayName: string
    /** The incident that this alert told of has ended. The service may have another one by now. */
    isOver: boolean
    acknowledged: boolean
    acknowledgedBy: string | null
  }[]
}

export async function showAlert(deps: Deps, { id }: z.output<typeof alertInput>): Promise<AlertView> {
  return viewAlert(deps, deps.db, await findAlert(deps.db, id))
}

export interface FoundAlert {
  id: string
  message: NonNullable<Awaited<ReturnType<typeof findAlertMessage>>>
  incidents: ToldIncident[]
}

export async function findAlert(db: Db | Trx, id: string): Promise<FoundAlert> {
  const message = await findAlertMessage(db, readMessageId(id))
  if (!message)
    throw new CallerError('no_such_alert', `no alert "${id}"; its id is in what webhooks get and buttons carry`)
  return { id, message, incidents: await toldIncidents(db, message) }
}

export async function viewAlert({ iso }: Pick<Deps, 'iso'>, db: Db | Trx, alert: FoundAlert): Promise<AlertView> {
  const { id, message, incidents } = alert
  const shared = await namesakesOf(db, incidents)
  return {
    id,
    event: message.event,
    title: message.title,
    at: iso(message.created_at),
    services: incidents.map((incident) => ({
      serviceKey: incident.key,
      displayName: shownName(incident, shared),
      isOver: incident.closed_at !== null,
      acknowledged: incident.acknowledged_at !== null,
      acknowledgedBy: incident.acknowledged_by,
    })),
  }
}
