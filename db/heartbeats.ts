import { sql } from 'kysely'
import type { Db, HeartbeatKind, Json } from './schema.ts'

export interface HeartbeatRow {
  at: number
  kind: HeartbeatKind
  details: Json
}

/** A service's heartbeats, the newest first. */
export async function listHeartbeats(
  db: Db,
  serviceId: number,
  { since = 0, limit }: { since?: number | undefined; limit: number },
): Promise<HeartbeatRow[]> {
  return (
    db
      .selectFrom('heartbeats')
      .select(['at', 'kind', 'details'])
      .where('service_id', '=', serviceId)
      .where('at', '>=', since)
      .orderBy('at', 'desc')
      // Within one millisecond the row that lies later in the table came later, unless it fills a gap that rows of a
      // removed service have left.
      .orderBy(sql`ctid`, 'desc')
      .limit(limit)
      .execute()
  )
}

/** How many rows are looked through for the starts of runs. A run with more signals in it than these has no start. */
const LOOKED_THROUGH = 5_000

/**
 * The starts and ends of a service's runs up to a moment, the newest first, among the rows that lie nearest to it. The
 * first `skipped` rows are known already.
 */
export async function listRunSignals(
  db: Db,
  serviceId: number,
  { upTo, skipped }: { upTo: number; skipped: number },
): Promise<{ at: number; kind: HeartbeatKind; runId: string | null }[]> {
  const { rows } = await sql<{ at: number; kind: HeartbeatKind; runId: string | null }>`
    select at, kind, details->>'runId' as "runId" from (
      select at, kind, details, ctid as place from heartbeats where service_id = ${serviceId} and at <= ${upTo}
      order by at desc, ctid desc offset ${skipped} limit ${LOOKED_THROUGH}
    ) as nearest
    where kind in ('start', 'success', 'fail') order by at desc, place desc`.execute(db)
  return rows
}

export async function deleteHeartbeatsOf(db: Db, serviceId: number): Promise<void> {
  await db.deleteFrom('heartbeats').where('service_id', '=', serviceId).execute()
}
