import { sql } from 'kysely'
import type { Db } from './schema.ts'

/** Bounds each statement, so that none holds its locks for long. */
const ROWS_AT_ONCE = 5_000

/** Deletes what ended before a moment: transitions, incidents with their alerts, messages, outages, pauses. */
export async function pruneHistory(db: Db, beforeMs: number): Promise<void> {
  const before = sql.lit(beforeMs)
  await deleteAll(db, 'transitions', sql`at < ${before}`)
  await deleteAll(db, 'incidents', sql`closed_at < ${before}`)
  await deleteAll(db, 'messages', sql`created_at < ${before} and state <> 'pending'`)
  // An announcement stays as long as an alert or a message of it is there.
  await deleteAll(
    db,
    'announcements',
    sql`at < ${before}
      and not exists (select from messages m where m.announcement_id = x.id)
      and not exists (select from alerts a where a.announcement_id = x.id)`,
  )
  await deleteAll(db, 'outages', sql`to_at < ${before}`)
  await deleteAll(db, 'pauses', sql`to_at < ${before}`)
}

export async function pruneFigures(db: Db, beforeDay: number): Promise<void> {
  await deleteAll(db, 'daily_figures', sql`day < ${sql.lit(beforeDay)}`)
  await deleteAll(db, 'rolled_days', sql`day < ${sql.lit(beforeDay)} and done`)
}

async function deleteAll(db: Db, table: string, isOld: ReturnType<typeof sql>): Promise<void> {
  let deleted: number
  do {
    const { numAffectedRows = 0n } = await sql`
      delete from ${sql.table(table)} where ctid = any(array(
        select ctid from ${sql.table(table)} x where ${isOld} limit ${sql.lit(ROWS_AT_ONCE)}
      ))`.execute(db)
    deleted = Number(numAffectedRows)
  } while (deleted === ROWS_AT_ONCE)
}
