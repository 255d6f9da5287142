import { sql } from 'kysely'
import type { Db, HeartbeatKind, Json } from './schema.ts'

export interface HeartbeatRow {
  at: number
  kind: HeartbeatKind
  details: Json
}

export interface HeartbeatPage {
  /** Not before this moment. */
  since?: number | undefined
  /** Where the page begins: up to this moment, without the first `skipped` of them. */
  upTo: number
  skipped: number
  limit: number
  /** The page ends before it has more bytes of details, written as JSON; it has one heartbeat at least. */
  mostBytes: number
}

/** A page of a service's heartbeats, the newest first, and the one before the oldest of them if there is one. */
export async function listHeartbeats(
  db: Db,
  serviceId: number,
  { since = 0, upTo, skipped, limit, mostBytes }: HeartbeatPage,
): Promise<{ page: HeartbeatRow[]; before: Pick<HeartbeatRow, 'at'> | undefined }> {
  const { rows } = await sql<HeartbeatRow & { fits: boolean }>`
    select at, kind, fits, case when fits then details end as details from (
      select at, kind, details, place, place <= ${limit} and (place = 1 or bytes <= ${mostBytes}) as fits from (
        select at, kind, details, row_number() over newest as place,
          sum(coalesce(octet_length(details::text), 0)) over newest as bytes
        from (
          select at, kind, details, ctid as lies from heartbeats
          where service_id = ${serviceId} and at >= ${since} and at <= ${upTo}
          -- Within one millisecond the row that lies later in the table came later, unless it fills a gap that rows of
          -- a removed service have left.
          order by at desc, ctid desc offset ${skipped} limit ${limit + 1}
        ) nearest
        window newest as (order by at desc, lies desc rows unbounded preceding)
      ) weighed
    ) page order by place`.execute(db)
  const end = rows.findIndex(({ fits }) => !fits)
  return { page: end < 0 ? rows : rows.slice(0, end), before: end < 0 ? undefined : rows[end] }
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
