import { sql } from 'kysely'
import type { Db } from './schema.ts'

class StandbyError extends Error {
  override name = 'StandbyError'
  /** PostgreSQL's code for a write on a standby (`read_only_sql_transaction`). */
  readonly code = '25006'
}

/** Checks that the database answers and takes writes. Rejects if it cannot be reached, or if it is a standby. */
export async function ping(db: Db): Promise<void> {
  const { rows } = await sql<{ isStandby: boolean }>`select pg_is_in_recovery() as "isStandby"`.execute(db)
  if (rows[0]?.isStandby) throw new StandbyError('the database is a standby, which takes no heartbeats; promote it')
}
