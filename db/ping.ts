import { sql } from 'kysely'
import type { Db } from './schema.ts'

/** Rejects when the database cannot be asked. */
export async function ping(db: Db): Promise<void> {
  await sql`select 1`.execute(db)
}
