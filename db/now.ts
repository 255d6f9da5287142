import { sql } from 'kysely'
import type { Db } from './schema.ts'
import { NOW_OF_DATABASE } from './targets.ts'

/** What the database's clock shows, in epoch milliseconds. All servers of one database go by it. */
export async function databaseNow(db: Db): Promise<number> {
  const { rows } = await sql<{ now: number }>`select ${NOW_OF_DATABASE} as now`.execute(db)
  return Number(rows[0]?.now)
}
