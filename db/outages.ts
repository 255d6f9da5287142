import { sql } from 'kysely'
import type { Db, Trx } from './schema.ts'

export interface Proof {
  nowMs: number
  /** When listening resumed. An outage, if there was one, ended then. */
  toMs: number
  /** How old the last proof may be before the time since then counts as an outage. */
  toleratedMs: number
  /** When this process first failed to reach the database, if it has not reached it since. */
  brokenSince: number | null
}

/**
 * Stores that this server listens now. If none has for longer than is tolerated, or since this process was cut off, the
 * first server that comes stores the time between as an outage. If that continues an outage that is not announced yet, it
 * extends that one.
 *
 * @returns whether this call stored or extended an outage, and when the last proof before it was given
 */
export async function proveListening(
  db: Db | Trx,
  { nowMs, toMs, toleratedMs, brokenSince }: Proof,
): Promise<{ found: boolean; lastAt: number | null }> {
  const [now, to, broken] = [nowMs, toMs, brokenSince ?? 0].map((ms) => sql.lit(ms))
  // An outage begins at the last proof of listening. A heartbeat that was answered is one, and so is the moment at
  // which this process was cut off, since it listened until then. A proof that arrives after later ones changes nothing.
  const { rows } = await sql<{ found: boolean; lastAt: number | null }>`
    with before as (select last_at from listening for update),
    proven as (
      insert into listening (last_at, first_at) values (${now}, ${now})
      on conflict (id) do update set last_at = greatest(listening.last_at, excluded.last_at)
    ),
    missed as (
      select greatest(last_at, ${broken}, (
        select max(last_heartbeat_at) from service_states where last_heartbeat_at <= ${now}
      )) as from_at
      from before where last_at < ${sql.lit(nowMs - toleratedMs)} or last_at < ${broken}
    ),
    extended as (
      update outages o set to_at = greatest(o.to_at, ${to}) from missed m
      where o.to_at >= m.from_at and o.from_at <= m.from_at and m.from_at < ${to} and ${isUntold('o')}
      returning o.id
    ),
    stored as (
      insert into outages (from_at, to_at) select from_at, ${to} from missed
      where from_at < ${to} and not exists (select from extended)
      returning id
    )
    select exists (select from stored union all select from extended) as found, (select last_at from before) as "lastAt"
  `.execute(db)
  return rows[0] ?? { found: false, lastAt: null }
}

/** The subject under which an outage is announced. Outages that are told together have the subject of the last one. */
export const subjectOf = (outageId: number) => `outage:${outageId}`

const isUntold = (outage: string) => sql<boolean>`not exists (
  select from outages later join announcements a on a.subject = 'outage:' || later.id
  where later.id >= ${sql.ref(outage)}.id
)`

/**
 * Repairs times after the clock was set back: what is stored as later than now becomes now, and outages yet to come
 * go.
 */
export async function comeBackFromTheFuture(trx: Trx, nowMs: number): Promise<void> {
  await trx.deleteFrom('outages').where('from_at', '>=', nowMs).execute()
  await trx.updateTable('outages').set({ to_at: nowMs }).where('to_at', '>', nowMs).execute()
  await trx.updateTable('listening').set({ last_at: nowMs }).where('last_at', '>', nowMs).execute()
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

/** Outages that ended after a moment, oldest first. */
export async function listOutages(db: Db | Trx, endedAfter: number): Promise<{ fromMs: number; toMs: number }[]> {
  return db
    .selectFrom('outages')
    .select(['from_at as fromMs', 'to_at as toMs'])
    .where('to_at', '>', endedAfter)
    .orderBy('from_at')
    .execute()
}

/** Outages that ended after a moment and are not announced yet, oldest first. */
export async function untoldOutages(
  trx: Trx,
  endedAfter: number,
): Promise<{ id: number; fromMs: number; toMs: number }[]> {
  return trx
    .selectFrom('outages as o')
    .select(['o.id', 'o.from_at as fromMs', 'o.to_at as toMs'])
    .where('o.to_at', '>', endedAfter)
    .where(isUntold('o'))
    .orderBy('o.from_at')
    .execute()
}

/** Stores the settings that deadlines depend on. @returns those stored before, if they were others */
export async function replaceRules(trx: Trx, rules: string): Promise<string | null> {
  const before = await trx
    .selectFrom('listening')
    .select('rules')
    .where('rules', '<>', rules)
    .forUpdate()
    .executeTakeFirst()
  if (!before) return null
  await trx.updateTable('listening').set({ rules }).execute()
  return before.rules
}
