import { sql } from 'kysely'
import type { Db, Trx } from './schema.ts'

export interface Proof {
  nowMs: number
  /** How old the last proof may be without there having been an outage. */
  toleratedMs: number
  /** When this process first failed to reach the database, if it has not reached it since. */
  brokenSince: number | null
}

/**
 * Writes down that somebody listens now. If nobody has for longer than is tolerated, or since this process was cut off,
 * the time between is stored as an outage, by whoever comes first.
 *
 * @returns whether this call stored one
 */
export async function proveListening(db: Db | Trx, { nowMs, toleratedMs, brokenSince }: Proof): Promise<boolean> {
  // Being cut off is itself the end of listening, and so the last proof of it.
  const lastAt = sql`greatest(last_at, ${sql.lit(brokenSince ?? 0)})`
  const unproven = sql`(last_at < ${sql.lit(nowMs - toleratedMs)} or last_at < ${sql.lit(brokenSince ?? 0)})`
  const { rows } = await sql`
    with before as (select last_at from listening for update),
    proven as (
      insert into listening (last_at) values (${sql.lit(nowMs)})
      on conflict (id) do update set last_at = excluded.last_at
    )
    insert into outages (from_at, to_at)
    select ${lastAt}, ${sql.lit(nowMs)} from before where ${unproven} and ${lastAt} < ${sql.lit(nowMs)}
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
