import { sql } from 'kysely'
import type { Db } from './schema.ts'
import { DAY_MS } from './units.ts'

/** The UTC day of a moment, as whole days since 1970. Heartbeats have a partition for each. */
export const dayOf = (ms: number): number => Math.floor(ms / DAY_MS)

/** A day as a date: `2026-11-24`. */
export const dateOfDay = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10)

const nameOf = (day: number) => `heartbeats_${dateOfDay(day).replaceAll('-', '')}`

/**
 * Creates the partition of a day unless it exists. A lock makes servers take turns. The table is created by itself and
 * then attached, so that nobody who reads or writes other partitions is blocked.
 */
export async function ensurePartition(db: Db, day: number): Promise<void> {
  const name = sql.table(nameOf(day))
  await db.transaction().execute(async (trx) => {
    await sql`select pg_advisory_xact_lock(hashtext('stillbeat.partitions'))`.execute(trx)
    const { rows } = await sql<{ isThere: boolean }>`
      select to_regclass(${nameOf(day)}) is not null as "isThere"`.execute(trx)
    if (rows[0]?.isThere) return
    await sql`create table ${name} (like heartbeats including defaults including indexes)`.execute(trx)
    await sql`alter table heartbeats attach partition ${name}
      for values from (${sql.lit(day * DAY_MS)}) to (${sql.lit((day + 1) * DAY_MS)})`.execute(trx)
  })
}

/** The days that have a partition, oldest first. */
export async function listPartitions(db: Db): Promise<number[]> {
  const { rows } = await sql<{ name: string }>`
    select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'heartbeats'::regclass order by c.relname`.execute(db)
  return rows.map(({ name }) => dayOf(Date.parse(name.replace(/^.*_(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3'))))
}

/** The lock timeout of a drop. New heartbeats queue behind it while it waits for readers, so it is short. */
const LONGEST_WAIT = '200ms'

/**
 * Drops the partition of a day, unless somebody is reading heartbeats, as a backup does. @returns whether it is gone
 */
export async function dropPartition(db: Db, day: number): Promise<boolean> {
  try {
    await db.transaction().execute(async (trx) => {
      await sql`select set_config('lock_timeout', ${LONGEST_WAIT}, true)`.execute(trx)
      await sql`drop table if exists ${sql.table(nameOf(day))}`.execute(trx)
    })
    return true
  } catch (error) {
    if (codeOf(error) === LOCK_NOT_AVAILABLE) return false
    throw error
  }
}

/**
 * Whether a heartbeat was refused because its day has no partition. A column's check has the same code, but names
 * itself.
 */
export const isWithoutPartition = (error: unknown): boolean =>
  codeOf(error) === CHECK_VIOLATION && !(error as { constraint?: string }).constraint

const LOCK_NOT_AVAILABLE = '55P03'
const CHECK_VIOLATION = '23514'

const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? error.code : undefined)
