import { sql } from 'kysely'
import type { Db, Status, Trx } from './schema.ts'

export interface TransitionWrite {
  serviceId: number
  from: Status
  to: Status
  reason: string
  at: number
}

/** PostgreSQL ends the transaction of a server that freezes for this long, so that the lock blocks others no longer. */
const LONGEST_IDLE_MS = '10000'

/**
 * Stores transitions. A lock makes their ids follow the order of commits, so that whoever reads on from an id misses
 * none.
 */
export async function insertTransitions(trx: Trx, transitions: readonly TransitionWrite[]): Promise<void> {
  if (transitions.length === 0) return
  await sql`select set_config('idle_in_transaction_session_timeout', ${LONGEST_IDLE_MS}, true),
    pg_advisory_xact_lock(hashtext('stillbeat.transitions'))`.execute(trx)
  await trx
    .insertInto('transitions')
    .values(
      transitions.map((t) => ({
        service_id: t.serviceId,
        from_status: t.from,
        to_status: t.to,
        reason: t.reason,
        at: t.at,
      })),
    )
    .execute()
}

export interface TransitionFilter {
  serviceId?: number | undefined
  group?: string | undefined
  statuses?: readonly Status[] | undefined
  since?: number | undefined
  limit: number
}

const withNames = (db: Db) =>
  db
    .selectFrom('transitions as t')
    .innerJoin('services as s', 's.id', 't.service_id')
    .select(['t.id', 's.key', 's.display_name', 't.from_status', 't.to_status', 't.reason', 't.at'])

export type TransitionRow = Awaited<ReturnType<typeof listTransitions>>[number]

/** Transitions, the newest first. */
export async function listTransitions(db: Db, filter: TransitionFilter) {
  let query = withNames(db).orderBy('t.at', 'desc').orderBy('t.id', 'desc').limit(filter.limit)
  const { serviceId, group, statuses, since } = filter
  if (serviceId !== undefined) query = query.where('t.service_id', '=', serviceId)
  if (group !== undefined) query = query.where('s.group_name', '=', group)
  if (statuses) query = query.where('t.to_status', 'in', statuses)
  if (since !== undefined) query = query.where('t.at', '>=', since)
  return query.execute()
}

/** Transitions that were committed after the one with this id, in the order of commits. */
export async function transitionsAfter(
  db: Db,
  { id, key, limit }: { id: number; key?: string | undefined; limit: number },
): Promise<TransitionRow[]> {
  const query = withNames(db).where('t.id', '>', id).orderBy('t.id').limit(limit)
  return (key === undefined ? query : query.where('s.key', '=', key)).execute()
}

/** The id of the newest transition; 0 if there is none. */
export async function newestTransitionId(db: Db): Promise<number> {
  const row = await db
    .selectFrom('transitions')
    .select((select) => select.fn.max('id').as('id'))
    .executeTakeFirst()
  return row?.id ?? 0
}

export interface StatusChange {
  serviceId: number
  from: Status
  to: Status
  at: number
}

/** The status changes of each service since a moment, and the last one before it if there was one; oldest first. */
export async function statusHistories(db: Db, ids: readonly number[], sinceMs: number): Promise<StatusChange[]> {
  const { rows } = await sql<StatusChange>`
    with asked as (select unnest(${[...ids]}::integer[]) as id),
    found as (
      select t.* from asked join transitions t on t.service_id = asked.id and t.at >= ${sinceMs}
      union all
      select t.* from asked cross join lateral (
        select * from transitions where service_id = asked.id and at < ${sinceMs} order by at desc, id desc limit 1
      ) t
    )
    select service_id as "serviceId", from_status as "from", to_status as "to", at from found order by at, id`.execute(
    db,
  )
  return rows
}
