import { sql } from 'kysely'
import { type CondensedTransition, condense, hourOf, type TransitionWrite } from './condense.ts'
import type { Db, Status, Trx } from './schema.ts'
import { HOUR_MS } from './units.ts'

/** PostgreSQL ends the transaction of a server that freezes for this long, so that the lock blocks others no longer. */
const LONGEST_IDLE_MS = '10000'

/**
 * Stores transitions; beyond so many of a service within an hour they are condensed. A lock makes their ids follow the order of commits, so that whoever reads on from an id misses
 * none.
 */
export async function insertTransitions(trx: Trx, transitions: readonly TransitionWrite[]): Promise<void> {
  if (transitions.length === 0) return
  await sql`select set_config('idle_in_transaction_session_timeout', ${LONGEST_IDLE_MS}, true),
    pg_advisory_xact_lock(hashtext('stillbeat.transitions'))`.execute(trx)
  const ofService = Map.groupBy(transitions, ({ serviceId }) => serviceId)
  const newest = await newestOfHour(trx, ofService)
  const stored = [...ofService].map(([id, changes]) => ({
    newest: newest.get(id),
    ...condense(newest.get(id), changes),
  }))
  const replaced = stored.flatMap(({ newest, replaces }) => (replaces && newest ? newest.id : []))
  if (replaced.length > 0) await sql`delete from transitions where id = any(${replaced}::bigint[])`.execute(trx)
  await trx
    .insertInto('transitions')
    .values(
      stored
        .flatMap(({ rows }) => rows)
        .map((t) => ({
          service_id: t.serviceId,
          from_status: t.from,
          to_status: t.to,
          reason: t.reason,
          at: t.at,
          nth: t.nth,
          condensed: t.condensed,
          condensed_downs: t.condensedDowns,
        })),
    )
    .execute()
}

/** The transition of each service that was stored last, if it is of the hour of the service's first new one, or later. */
async function newestOfHour(trx: Trx, ofService: ReadonlyMap<number, readonly TransitionWrite[]>) {
  const hours = [...ofService.values()].map((changes) => hourOf(Math.min(...changes.map(({ at }) => at))) * HOUR_MS)
  const { rows } = await sql<CondensedTransition & { id: number }>`
    select newest.* from unnest(${[...ofService.keys()]}::integer[], ${hours}::bigint[]) as asked (id, hour) cross join lateral (
      select id, service_id as "serviceId", from_status as "from", to_status as "to", reason, at, nth, condensed,
        condensed_downs as "condensedDowns"
      from transitions t where t.service_id = asked.id and t.at >= asked.hour
      -- An expression, so that it is read by service and time: these are few.
      order by t.id + 0 desc limit 1
    ) newest`.execute(trx)
  return new Map(rows.map((row) => [row.serviceId, row]))
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
    .select(['t.id', 's.key', 's.display_name', 't.from_status', 't.to_status', 't.reason', 't.at', 't.condensed'])

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
