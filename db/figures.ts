import { type Selectable, sql } from 'kysely'
import type { DailyFiguresTable, Db, Trx } from './schema.ts'
import { DAY_MS } from './units.ts'

export type DailyFigures = Selectable<DailyFiguresTable>

/** How many days of figures are kept; history is kept as long. */
export const KEPT_DAYS = 400

/** What the heartbeats of one day say about a service. */
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

/** Counts the heartbeats of one day. Services that were not heard on that day are left out. */
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

/** A service's daily figures from one day to another, the newest first. */
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
      // Each day is looked up by itself. The index begins with the day, so a range would read the rows of all services.
      .where('day', '=', sql<number>`any(array(select generate_series(${from}::integer, ${to}::integer)))`)
      .orderBy('day', 'desc')
      .limit(limit)
      .execute()
  )
}

/** Deletes the daily figures of a service that was removed, from one day to another. */
export async function deleteFiguresOf(db: Db, serviceId: number, from: number, to: number): Promise<void> {
  await db
    .deleteFrom('daily_figures')
    .where('service_id', '=', serviceId)
    .where('day', '=', sql<number>`any(array(select generate_series(${from}::integer, ${to}::integer)))`)
    .execute()
}

/**
 * Deletes the figures of days that are not over; a clock that was ahead rolled them up. The clock may just as well be
 * behind now, so figures that cannot be counted again stay: those of days whose heartbeats are deleted.
 *
 * @param withHeartbeats the days whose heartbeats are still stored
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

/** The newest day that is rolled up for all services; `null` if there is none. */
export async function newestRolledDay(db: Db): Promise<number | null> {
  const row = await db
    .selectFrom('rolled_days')
    .select((select) => select.fn.max('day').as('day'))
    .where('done', '=', true)
    .executeTakeFirst()
  return row?.day ?? null
}

/**
 * Locks a day for its roll-up until the transaction ends; other servers wait.
 *
 * @returns the id up to which services have their figures; `null` if all of them have
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

/** Stores how far the roll-up of a day has come; `null`: it is done. */
export async function advanceDay(trx: Trx, day: number, throughId: number | null): Promise<void> {
  await trx
    .updateTable('rolled_days')
    .set(throughId === null ? { done: true } : { through_id: throughId })
    .where('day', '=', day)
    .execute()
}

/**
 * The next services, in the order of their ids, that existed at a moment. They cannot be removed before the
 * transaction ends.
 */
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
