import { sql } from 'kysely'
import type { Db, Trx } from './schema.ts'

/**
 * Writes down that somebody listens now. Where the last such proof is older than `toleratedMs`, the time between is
 * stored as an outage, by whoever comes first.
 *
 * @returns whether this call stored one
 */
export async function proveListening(db: Db | Trx, nowMs: number, toleratedMs: number): Promise<boolean> {
  const { rows } = await sql`
    with before as (select last_at from listening for update),
    proven as (
      insert into listening (last_at) values (${sql.lit(nowMs)})
      on conflict (id) do update set last_at = excluded.last_at
    )
    insert into outages (from_at, to_at)
    select last_at, ${sql.lit(nowMs)} from before where last_at < ${sql.lit(nowMs - toleratedMs)}
    returning id`.execute(db)
  return rows.length > 0
}

/** Outages that ended after a moment. */
export async function listOutages(db: Db | Trx, endedAfter: number): Promise<{ fromMs: number; toMs: number }[]> {
  return db
    .selectFrom('outages')
    .select(['from_at as fromMs', 'to_at as toMs'])
    .where('to_at', '>', endedAfter)
    .orderBy('from_at')
    .execute()
}

/** Stores the settings that deadlines depend on; true if they are not those of the last time. */
export async function replaceRules(trx: Trx, rules: string): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('listening')
    .set({ rules })
    .where('rules', '<>', rules)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}
