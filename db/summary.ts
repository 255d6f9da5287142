import { sql } from 'kysely'
import type { Db, Trx } from './schema.ts'

/** What a summary says of services beyond their status, by service id. */
export async function summaryFacts(db: Db | Trx, { flappedSince }: { flappedSince: number }) {
  const incidents = await db
    .selectFrom('incidents')
    .select(['service_id', 'opened_at', 'reason', 'note', 'acknowledged_at', 'acknowledged_by'])
    .where('closed_at', 'is', null)
    .execute()
  const attentions = await db.selectFrom('attentions').selectAll().execute()
  const flapping = await db
    .selectFrom('flapping as f')
    .innerJoin('incidents as i', 'i.service_id', 'f.service_id')
    .select(['f.service_id', sql<number>`sum(1 + i.condensed)`.as('incidents')])
    .where('f.last_change_at', '>', flappedSince)
    .where('i.opened_at', '>', flappedSince)
    .groupBy('f.service_id')
    .execute()
  return {
    incidents: new Map(incidents.map((row) => [row.service_id, row])),
    attentions: new Map(attentions.map((row) => [row.service_id, row])),
    flapping: new Map(flapping.map((row) => [row.service_id, row.incidents])),
  }
}

/** An incident that is over, with what is known of all of its service's that have ended in the same time. */
export interface EndedIncident {
  serviceId: number
  openedAt: number
  closedAt: number
  reason: string
  note: string | null
  closeReason: string | null
  /** Its alert was withdrawn, so nobody was told. Alerts that still waited for the service to stay down do not count. */
  withdrawn: boolean
  count: number
  downMs: number
  firstAt: number
}

/** The newest incidents of each service that have ended since a moment, `perService` at most; the oldest first. */
export async function endedIncidents(
  db: Db | Trx,
  { since, perService }: { since: number; perService: number },
): Promise<EndedIncident[]> {
  const { rows } = await sql<EndedIncident>`
    with ended as (
      select *, sum(1 + condensed) over service as count, (sum(closed_at - opened_at) over service)::bigint as down_ms,
        min(opened_at) over service as first_at,
        row_number() over (partition by service_id order by closed_at desc, id desc) as place
      from incidents where closed_at > ${since}
      window service as (partition by service_id)
    )
    select service_id as "serviceId", opened_at as "openedAt", closed_at as "closedAt", reason, note,
      close_reason as "closeReason", count, down_ms as "downMs", first_at as "firstAt",
      exists (select from alerts a where a.incident_id = e.id and a.kind = 'down' and coalesce(a.not_before, 0) <= e.closed_at)
        and not exists (select from alerts a where a.incident_id = e.id and not a.withdrawn) as withdrawn
    from ended e where place <= ${perService} order by closed_at, id`.execute(db)
  return rows
}
