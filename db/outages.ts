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
 * @returns whether this call stored one, and when the proof before was given
 */
export async function proveListening(
  db: Db | Trx,
  { nowMs, toleratedMs, brokenSince }: Proof,
): Promise<{ found: boolean; lastAt: number | null }> {
  // Being cut off is itself the end of listening, and so the last proof of it.
  const lastAt = sql`greatest(last_at, ${sql.lit(brokenSince ?? 0)})`
  const unproven = sql`(last_at < ${sql.lit(nowMs - toleratedMs)} or last_at < ${sql.lit(brokenSince ?? 0)})`
  const { rows } = await sql<{ found: boolean; lastAt: number | null }>`
    with before as (select last_at from listening for update),
    proven as (
      insert into listening (last_at, first_at) values (${sql.lit(nowMs)}, ${sql.lit(nowMs)})
      on conflict (id) do update set last_at = excluded.last_at
    ),
    stored as (
      insert into outages (from_at, to_at)
      select ${lastAt}, ${sql.lit(nowMs)} from before where ${unproven} and ${lastAt} < ${sql.lit(nowMs)}
      returning id
    )
    select exists (select from stored) as found, (select last_at from before) as "lastAt"`.execute(db)
  return rows[0] ?? { found: false, lastAt: null }
}

/** The clock was set back: what is said to have happened later than now has happened now at the latest. */
export async function comeBackFromTheFuture(trx: Trx, nowMs: number): Promise<void> {
  await trx.deleteFrom('outages').where('from_at', '>=', nowMs).execute()
  await trx.updateTable('outages').set({ to_at: nowMs }).where('to_at', '>', nowMs).execute()
  await sql`
    with ahead as materialized (
      select service_id from service_states
      where silence_since > ${nowMs} or status_since > ${nowMs} order by service_id for update
    )
    update service_states s set version = version + 1, check_at = ${nowMs},
      silence_since = least(silence_since, ${nowMs}), status_since = least(status_since, ${nowMs}),
      last_heartbeat_at = least(last_heartbeat_at, ${nowMs})
    from ahead where s.service_id = ahead.service_id`.execute(trx)
}

/** When this database was first used; `null` before that. */
export async function firstUsedAt(db: Db | Trx): Promise<number | null> {
  return (await db.selectFrom('listening').select('first_at').executeTakeFirst())?.first_at ?? null
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

/** Outages of some length that nobody has been told of, oldest first; `subject` is what they are announced as. */
export async function unannouncedOutages(
  trx: Trx,
  { endedAfter, atLeastMs }: { endedAfter: number; atLeastMs: number },
): Promise<{ fromMs: number; toMs: number; subject: string }[]> {
  const subject = sql<string>`'outage:' || o.id`
  return trx
    .selectFrom('outages as o')
    .select(['o.from_at as fromMs', 'o.to_at as toMs', subject.as('subject')])
    .where('o.to_at', '>', endedAfter)
    .where(sql<number>`o.to_at - o.from_at`, '>=', atLeastMs)
    .where((where) =>
      where.not(where.exists(where.selectFrom('announcements as a').select('a.id').where('a.subject', '=', subject))),
    )
    .orderBy('o.from_at')
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
