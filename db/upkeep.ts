import { sql } from 'kysely'
import type { Db } from './schema.ts'

/**
 * Maintenance (vacuum and checkpoint) that a PostgreSQL server does by itself, and the embedded database only when
 * told to.
 */
export interface Upkeep {
  /** Cleans up if much has been written since the last time, else does nothing. Call it every minute or so. */
  often(): Promise<void>
  /** Cleans up all tables. */
  nightly(): Promise<void>
}

/** How much log may gather for crash recovery. It also bounds the dead rows that updates leave in tables. */
const LOG_BYTES = 24_000_000

export function createUpkeep(db: Db): Upkeep {
  return {
    async often() {
      if ((await loggedSinceCheckpoint(db)) < LOG_BYTES) return
      await vacuum(db, await listTables(db, { isHot: true }))
      await sql`checkpoint`.execute(db)
    },
    async nightly() {
      await vacuum(db, await listTables(db, { isHot: false }))
      await sql`checkpoint`.execute(db)
    },
  }
}

async function loggedSinceCheckpoint(db: Db): Promise<number> {
  const { rows } = await sql<{ bytes: string }>`
    select pg_current_wal_lsn() - redo_lsn as bytes from pg_control_checkpoint()`.execute(db)
  return Number(rows[0]?.bytes)
}

/**
 * Lists all tables, or only the hot ones, whose rows are updated. Heartbeats are only inserted, so they are not hot.
 */
async function listTables(db: Db, { isHot }: { isHot: boolean }): Promise<{ schema: string; name: string }[]> {
  const { rows } = await sql<{ schema: string; name: string }>`
    select n.nspname as schema, c.relname as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'm') and n.nspname <> 'information_schema' and n.nspname not like 'pg\\_toast%'
      and not (${isHot} and (n.nspname = 'pg_catalog' or c.relname like 'heartbeats\\_%'))
    order by n.nspname, c.relname`.execute(db)
  return rows
}

/** Vacuums tables one by one, so that heartbeats can be stored in between. */
async function vacuum(db: Db, tables: readonly { schema: string; name: string }[]): Promise<void> {
  for (const { schema, name } of tables) {
    await sql`vacuum (analyze) ${sql.table(`${schema}.${name}`)}`.execute(db)
  }
}
