import { sql } from 'kysely'
import { growing } from './growing.ts'
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
  const page: HeartbeatRow[] = []
  let bytes = mostBytes
  for (const { from, count } of growing(limit + 1)) {
    const rows = await weighed(db, serviceId, { since, upTo, from: skipped + from, count, bytes })
    for (const row of rows) {
      if (page.length === limit || (page.length > 0 && row.bytes > bytes)) return { page, before: row }
      page.push({ at: row.at, kind: row.kind, details: row.details })
    }
    bytes -= rows.at(-1)?.bytes ?? 0
    if (rows.length < count) break
  }
  return { page, before: undefined }
}

/** Rows with the bytes that they and those before them have. Details beyond `bytes` are left out, but for the first. */
async function weighed(
  db: Db,
  serviceId: number,
  { since, upTo, from, count, bytes }: { since: number; upTo: number; from: number; count: number; bytes: number },
) {
  const { rows } = await sql<HeartbeatRow & { bytes: number }>`
    select at, kind, bytes, case when place = 1 or bytes <= ${sql.lit(bytes)} then details end as details from (
      select at, kind, details, row_number() over newest as place,
        sum(coalesce(octet_length(details::text), 0)) over newest as bytes
      from (
        select at, kind, details, ctid as lies from heartbeats
        where service_id = ${serviceId} and at >= ${since} and at <= ${upTo}
        -- Within one millisecond the row that lies later in the table came later, unless it fills a gap that rows of a
        -- removed service have left.
        order by at desc, ctid desc offset ${sql.lit(from)} limit ${sql.lit(count)}
      ) nearest
      window newest as (order by at desc, lies desc rows unbounded preceding)
    ) page order by place`.execute(db)
  return rows
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
