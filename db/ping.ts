import { sql } from 'kysely'
import type { Db } from './schema.ts'

class StandbyError extends Error {
  override name = 'StandbyError'
  /** PostgreSQL's own for a write on a standby. */
  readonly code = '25006'
}

/** Rejects when the database cannot be asked, or can be asked only: a standby that has not been promoted takes no heartbeats. */
export async function ping(db: Db): Promise<void> {
  const { rows } = await sql<{ isStandby: boolean }>`select pg_is_in_recovery() as "isStandby"`.execute(db)
  if (rows[0]?.isStandby) throw new StandbyError('the database is a standby, which takes no heartbeats; promote it')
}
