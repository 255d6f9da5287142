import { sql } from 'kysely'
import type { Db, Status, Trx } from './schema.ts'

export interface StatusChange {
  id: number
  serviceId: number
  from: Status
  to: Status
  at: number
  /** How many changes to down it stands for besides itself. */
  condensedDowns: number
}

/** Changes of one service that are read at once. */
const PAGE = 1_000

/**
 * The status changes of each service since a moment, the last one before it, and the first one that is not before
 * `until`; where there are any. They come page by page, since a past may be of any length: all pages of one service, the
 * oldest changes first, then those of the next. No page is empty.
 *
 * @param ids few, since a page of each is read at once
 */
export async function* statusChanges(
  db: Db | Trx,
  ids: readonly number[],
  { since, until }: { since: number; until: number },
): AsyncGenerator<StatusChange[]> {
  const firsts = Map.groupBy(await firstPages(db, ids, since), ({ serviceId }) => serviceId)
  for (const [id, first] of firsts) {
    let page = first
    while (page.length > 0) {
      const end = page.findIndex(({ at }) => at >= until)
      yield end < 0 ? page : page.slice(0, end + 1)
      if (end >= 0 || page.length < PAGE) break
      page = await pageAfter(db, id, page.at(-1) as StatusChange)
    }
  }
}

const changeColumns = sql`id, service_id as "serviceId", from_status as "from", to_status as "to", at,
  condensed_downs as "condensedDowns"`

// Places are compared as rows, for an index that has them in this order. By service and time apart, a planner that
// expects few rows would sort all that follow for each page.

async function firstPages(db: Db | Trx, ids: readonly number[], since: number): Promise<StatusChange[]> {
  const begin = sql`(asked.id, ${since}::bigint, 0::bigint)`
  const { rows } = await sql<StatusChange>`
    select found.* from unnest(${[...ids]}::integer[]) with ordinality as asked (id, place) cross join lateral (
      (
        select ${changeColumns} from transitions t
        where (t.service_id, t.at, t.id) < ${begin} and t.service_id >= asked.id
        order by t.service_id desc, t.at desc, t.id desc limit 1
      )
      union all
      (
        select ${changeColumns} from transitions t
        where (t.service_id, t.at, t.id) > ${begin} and t.service_id <= asked.id
        order by t.service_id, t.at, t.id limit ${sql.lit(PAGE)}
      )
    ) found
    order by asked.place, found.at, found.id`.execute(db)
  return rows
}

async function pageAfter(db: Db | Trx, serviceId: number, { at, id }: StatusChange): Promise<StatusChange[]> {
  // One value, which is read several times as fast as so many rows.
  const { rows } = await sql<{ page: StatusChange[] | null }>`
    select json_agg(page order by at, id) as page from (
      select ${changeColumns} from transitions
      where (service_id, at, id) > (${serviceId}::integer, ${at}::bigint, ${id}::bigint) and service_id <= ${serviceId}
      order by service_id, at, id limit ${sql.lit(PAGE)}
    ) page`.execute(db)
  return rows[0]?.page ?? []
}
