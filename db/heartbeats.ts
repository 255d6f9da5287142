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

export async function deleteHeartbeatsOf(db: Db, serviceId: number): Promise<void> {
  await db.deleteFrom('heartbeats').where('service_id', '=', serviceId).execute()
}
