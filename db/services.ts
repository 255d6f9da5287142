import { sql, type Updateable } from 'kysely'
import { decodeGaps } from './gaps.ts'
import { anyId } from './ids.ts'
import type { Db, ServicesTable, Status, Trx } from './schema.ts'
import { anyOf, type FullServiceRow, fullColumns, rowColumns, type ServiceRow, withStates } from './serviceRows.ts'

/** The services that have these keys or aliases; `asked` is the one that led to the row. */
export async function findServices(db: Db | Trx, keys: string[]): Promise<(FullServiceRow & { asked: string })[]> {
  const rows = await withStates(db)
    .select([...fullColumns, 's.key as asked'])
    .where('s.key', '=', anyOf(keys))
    .unionAll(
      withStates(db)
        .innerJoin('aliases as a', 'a.service_id', 's.id')
        .select([...fullColumns, 'a.alias as asked'])
        .where('a.alias', '=', anyOf(keys)),
    )
    .execute()
  return rows.map((row) => ({ ...row, gaps: decodeGaps(row.gaps) }))
}

export async function findServicesById(db: Db | Trx, ids: readonly number[]): Promise<FullServiceRow[]> {
  const rows = await withStates(db).select(fullColumns).where('s.id', '=', anyId(ids)).execute()
  return rows.map((row) => ({ ...row, gaps: decodeGaps(row.gaps) }))
}

export async function findService(db: Db | Trx, key: string): Promise<FullServiceRow | undefined> {
  return (await findServices(db, [key]))[0]
}

export interface ServiceFilter {
  /**
   * Only these stored statuses, and every service whose check was due by `dueBy`, since its status may have changed.
   */
  statuses?: readonly Status[] | undefined
  group?: string | undefined
  dueBy: number
}

/** One page of services in the order of their keys, after the key `after`. */
export async function listServices(
  db: Db | Trx,
  filter: ServiceFilter,
  page: { after?: string | undefined; limit: number },
): Promise<ServiceRow[]> {
  let query = withStates(db).select(rowColumns).orderBy('s.key').limit(page.limit)
  if (page.after !== undefined) query = query.where('s.key', '>', page.after)
  if (filter.group !== undefined) query = query.where('s.group_name', '=', filter.group)
  const { statuses } = filter
  if (statuses) {
    query = query.where((where) =>
      where.or([where('st.status', 'in', statuses), where('st.check_at', '<=', filter.dueBy)]),
    )
  }
  return query.execute()
}

/** The same page, with the gaps of each service. */
export async function listServicesWithGaps(
  db: Db,
  filter: Pick<ServiceFilter, 'group'>,
  page: { after?: string | undefined; limit: number },
): Promise<FullServiceRow[]> {
  let query = withStates(db).select(fullColumns).orderBy('s.key').limit(page.limit)
  if (page.after !== undefined) query = query.where('s.key', '>', page.after)
  if (filter.group !== undefined) query = query.where('s.group_name', '=', filter.group)
  return (await query.execute()).map((row) => ({ ...row, gaps: decodeGaps(row.gaps) }))
}

/** Services heard since a moment, the last one first. Reads the state of every service. */
export async function servicesHeardSince(db: Db, sinceMs: number): Promise<{ id: number; heardAt: number }[]> {
  const rows = await db
    .selectFrom('service_states')
    .select(['service_id', 'last_heartbeat_at'])
    .where('last_heartbeat_at', '>=', sinceMs)
    .orderBy('last_heartbeat_at', 'desc')
    .execute()
  return rows.map((row) => ({ id: row.service_id, heardAt: row.last_heartbeat_at ?? 0 }))
}

/** The version of each service, so that a reader can tell which of them have changed. */
export async function listVersions(db: Db): Promise<{ id: number; key: string; version: number }[]> {
  return withStates(db).select(['s.id', 's.key', 'st.version']).execute()
}

const ROWS_AT_ONCE = 1_000

/** All services in the order of keys. */
export async function* eachService(db: Db | Trx): AsyncGenerator<ServiceRow> {
  let after: string | undefined
  do {
    const rows = await listServices(db, { dueBy: 0 }, { after, limit: ROWS_AT_ONCE })
    yield* rows
    after = rows.length < ROWS_AT_ONCE ? undefined : rows.at(-1)?.key
  } while (after !== undefined)
}

/** How many services have each stored status, and how many of them are paused. */
export async function countServices(
  db: Db,
  filter: Pick<ServiceFilter, 'group'>,
): Promise<{ status: Status; count: number; paused: number }[]> {
  let query = db
    .selectFrom('service_states as st')
    .select((select) => [
      'st.status',
      select.fn.countAll<number>().as('count'),
      select.fn.count<number>('st.paused_at').as('paused'),
    ])
    .groupBy('st.status')
  const { group } = filter
  if (group !== undefined) {
    query = query.innerJoin('services as s', 's.id', 'st.service_id').where('s.group_name', '=', group)
  }
  return query.execute()
}

/** Services that are shown under one of these names: they have it, or have none and a key that reads like it. */
export async function findNamesakes(
  db: Db | Trx,
  names: readonly string[],
): Promise<Pick<ServiceRow, 'key' | 'display_name'>[]> {
  const readable = sql<string>`lower(btrim(regexp_replace(key, '[-_]+', ' ', 'g')))`
  return db
    .selectFrom('services')
    .select(['key', 'display_name'])
    .where((where) =>
      where.or([
        where('display_name', '=', anyOf([...names])),
        where.and([
          where('display_name', 'is', null),
          where(readable, '=', anyOf(names.map((name) => name.toLowerCase()))),
        ]),
      ]),
    )
    .execute()
}

export type ServiceSettings = Partial<Omit<Updateable<ServicesTable>, 'id' | 'key' | 'created_at' | 'registered_by'>>

export async function updateSettings(
  trx: Trx,
  serviceIds: readonly number[],
  settings: ServiceSettings,
): Promise<void> {
  if (serviceIds.length === 0 || Object.keys(settings).length === 0) return
  await trx.updateTable('services').set(settings).where('id', '=', anyId(serviceIds)).execute()
}

/**
 * Removes a service and all that is stored of it, but for its heartbeats and daily figures, which have no foreign key.
 */
export async function deleteService(trx: Trx, serviceId: number): Promise<void> {
  await trx.deleteFrom('services').where('id', '=', serviceId).execute()
}

/**
 * Locks services until the transaction ends. So that none deadlock, all writers lock the state before anything else of a
 * service, and states in the order of their ids.
 */
export async function lockStates(trx: Trx, serviceIds: readonly number[]): Promise<void> {
  await trx
    .selectFrom('service_states')
    .select('version')
    .where('service_id', '=', anyId(serviceIds))
    .orderBy('service_id')
    .forUpdate()
    .execute()
}
