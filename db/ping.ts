import { sql } from 'kysely'
import type { Db } from './schema.ts'

class ReadOnlyError extends Error {
  override name = 'ReadOnlyError'
  /** PostgreSQL's code for a write where none are taken (`read_only_sql_transaction`). */
  readonly code = '25006'
}

/** Checks that the database answers and takes writes. Rejects if it cannot be reached, is a standby, or is read-only. */
export async function ping(db: Db): Promise<void> {
  const { rows } = await sql<{ isStandby: boolean; isReadOnly: boolean }>`
    select pg_is_in_recovery() as "isStandby", current_setting('transaction_read_only')::boolean as "isReadOnly"`.execute(
    db,
  )
  if (rows[0]?.isStandby) throw new ReadOnlyError('the database is a standby, which takes no heartbeats; promote it')
  if (rows[0]?.isReadOnly) throw new ReadOnlyError('the database takes no heartbeats, since it is read-only')
}
