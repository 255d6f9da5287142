import { sql } from 'kysely'
import type { Db, HeartbeatKind, Json } from './schema.ts'

const DAY_MS = 86_400_000

/** The day, in UTC, whose partition holds a moment: whole days since 1970. */
export const dayOf = (ms: number): number => Math.floor(ms / DAY_MS)

/** Creates the partition of a day unless it exists; servers that do so together take turns. */
export async function ensurePartition(db: Db, day: number): Promise<void> {
  const name = `heartbeats_${new Date(day * DAY_MS).toISOString().slice(0, 10).replaceAll('-', '')}`
  await db.transaction().execute(async (trx) => {
    await sql`select pg_advisory_xact_lock(hashtext('stillbeat.partitions'))`.execute(trx)
    await sql`create table if not exists ${sql.table(name)} partition of heartbeats
      for values from (${sql.lit(day * DAY_MS)}) to (${sql.lit((day + 1) * DAY_MS)})`.execute(trx)
  })
}

export interface HeartbeatRow {
  at: number
  kind: HeartbeatKind
  details: Json
}

/** The newest first. */
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
      // Signals of the same millisecond: rows are only ever added, so what lies later came later.
      .orderBy(sql`ctid`, 'desc')
      .limit(limit)
      .execute()
  )
}

export async function deleteHeartbeatsOf(db: Db, serviceId: number): Promise<void> {
  await db.deleteFrom('heartbeats').where('service_id', '=', serviceId).execute()
}
