import { type Selectable, sql } from 'kysely'
import type { DailyFiguresTable, Db, Trx } from './schema.ts'
import { DAY_MS } from './units.ts'

export type DailyFigures = Selectable<DailyFiguresTable>

/** For so many days figures are kept, and so is history. */
export const KEPT_DAYS = 400

/** What the heartbeats of one day tell of a service. */
export type HeartbeatFigures = Pick<
  DailyFigures,
  | 'service_id'
  | 'heartbeats'
  | 'starts'
  | 'successes'
  | 'fails'
  | 'logs'
  | 'attentions'
  | 'median_gap_ms'
  | 'longest_gap_ms'
>

/** Those of the services that were heard on that day. */
export async function countHeartbeats(
  db: Db | Trx,
  day: number,
  serviceIds: readonly number[],
): Promise<HeartbeatFigures[]> {
  const [from, to] = [sql.lit(day * DAY_MS), sql.lit((day + 1) * DAY_MS)]
  const count = (kind: string) => sql`(count(*) filter (where kind = ${sql.lit(kind)}))::integer`
  const { rows } = await sql<HeartbeatFigures>`
    with found as (
      select service_id, at, kind, kind in ('heartbeat', 'success', 'attention') as teaches
      from heartbeats where service_id = any(${[...serviceIds]}::integer[]) and at >= ${from} and at < ${to}
    ), apart as (
      select service_id, kind,
        case when teaches then at - lag(at) over (partition by service_id, teaches order by at) end as gap
      from found
    )
    select service_id, ${count('heartbeat')} as heartbeats, ${count('start')} as starts, ${count('success')} as successes,
      ${count('fail')} as fails, ${count('log')} as logs, ${count('attention')} as attentions,
      round(percentile_cont(0.5) within group (order by gap))::integer as median_gap_ms, max(gap)::integer as longest_gap_ms
    from apart group by service_id`.execute(db)
  return rows
}

export async function insertFigures(trx: Trx, figures: readonly DailyFigures[]): Promise<void> {
  if (figures.length > 0) await trx.insertInto('daily_figures').values(figures).execute()
}

/** A service's days from one to another, the newest first. */
export async function listFigures(
  db: Db,
  serviceId: number,
  { from, to, limit }: { from: number; to: number; limit: number },
): Promise<DailyFigures[]> {
  return (
    db
      .selectFrom('daily_figures')
      .selectAll()
      .where('service_id', '=', serviceId)
      // Every day by itself: the index has the days first, so each is one step, and a range would be a look at all services.
      .where('day', '=', sql<number>`any(array(select generate_series(${from}::integer, ${to}::integer)))`)
      .orderBy('day', 'desc')
      .limit(limit)
      .execute()
  )
}

/** The days from one to another of a service that was removed. */
export async function deleteFiguresOf(db: Db, serviceId: number, from: number, to: number): Promise<void> {
  await db
    .deleteFrom('daily_figures')
    .where('service_id', '=', serviceId)
    .where('day', '=', sql<number>`any(array(select generate_series(${from}::integer, ${to}::integer)))`)
    .execute()
}

/**
 * What days have that are not over: they were rolled up by a clock that was ahead. It may as well be behind now, so what
 * cannot be counted again stays: figures of heartbeats that have gone. `withHeartbeats`: the days whose have not.
 */
export async function forgetDaysFrom(db: Db, day: number, withHeartbeats: readonly number[]): Promise<void> {
  await sql`
    with gone as (
      delete from rolled_days d where d.day >= ${sql.lit(day)} and (
        d.day = any(${[...withHeartbeats]}::integer[])
        or not exists (select from daily_figures f where f.day = d.day and f.heartbeats > 0)
      ) returning d.day
    )
    delete from daily_figures f using gone where f.day = gone.day`.execute(db)
}

/** The newest day that all services have their figures of. */
export async function newestRolledDay(db: Db): Promise<number | null> {
  const row = await db
    .selectFrom('rolled_days')
    .select((select) => select.fn.max('day').as('day'))
    .where('done', '=', true)
    .executeTakeFirst()
  return row?.day ?? null
}

/**
 * Takes a day to be rolled up, until the transaction ends; others wait.
 *
 * @returns up to which id services have their figures; `null` if all of them have
 */
export async function claimDay(trx: Trx, day: number): Promise<number | null> {
  await trx
    .insertInto('rolled_days')
    .values({ day })
    .onConflict((on) => on.doNothing())
    .execute()
  const row = await trx
    .selectFrom('rolled_days')
    .select(['through_id', 'done'])
    .where('day', '=', day)
    .forUpdate()
    .executeTakeFirstOrThrow()
  return row.done ? null : row.through_id
}

/** Remembers how far a day is; `null`: all of it is done. */
export async function advanceDay(trx: Trx, day: number, throughId: number | null): Promise<void> {
  await trx
    .updateTable('rolled_days')
    .set(throughId === null ? { done: true } : { through_id: throughId })
    .where('day', '=', day)
    .execute()
}

/** Services that existed at a moment, in the order of their ids. None of them can be removed before the transaction ends. */
export async function lockServicesAfter(
  trx: Trx,
  { id, registeredBefore, limit }: { id: number; registeredBefore: number; limit: number },
): Promise<{ id: number; cadence_ms: number | null }[]> {
  return trx
    .selectFrom('services as s')
    .innerJoin('service_states as st', 'st.service_id', 's.id')
    .select(['s.id', 'st.cadence_ms'])
    .where('s.id', '>', id)
    .where('s.created_at', '<', registeredBefore)
    .orderBy('s.id')
    .limit(limit)
    .forKeyShare('s')
    .execute()
}
