import { type Selectable, sql, type Updateable } from 'kysely'
import { decodeGaps } from './gaps.ts'
import { anyId } from './ids.ts'
import type { Db, ServiceStatesTable, ServicesTable, Status, Trx } from './schema.ts'

type Settings = Omit<Selectable<ServicesTable>, 'registered_by'>
type StateColumns = Omit<Selectable<ServiceStatesTable>, 'service_id' | 'gaps' | 'last_metadata'>

/** A service with its state, as the lifecycle needs it. */
export type ServiceRow = Omit<Settings, 'metadata' | 'created_at'> & StateColumns

/** The same with what only its own page shows. */
export type FullServiceRow = Settings &
  StateColumns & { gaps: number[]; last_metadata: Selectable<ServiceStatesTable>['last_metadata'] }

/** The same with what its rhythm and its up-time are told from. */
export type ServiceRowWithGaps = ServiceRow & { created_at: number; gaps: number[] }

const rowColumns = [
  's.id',
  's.key',
  's.display_name',
  's.group_name',
  's.kind',
  's.period_ms',
  's.cron',
  's.timezone',
  's.grace_ms',
  's.dead_after_ms',
  's.alerts_enabled',
  's.muted_until',
  's.muted_until_recovered',
  's.muted_by',
  'st.version',
  'st.status',
  'st.status_since',
  'st.heartbeat_count',
  'st.last_heartbeat_at',
  'st.silence_since',
  'st.cadence_ms',
  'st.failing',
  'st.paused_at',
  'st.pause_until_heartbeat',
  'st.resumed_at',
  'st.check_at',
] as const

const fullColumns = [...rowColumns, 's.metadata', 's.created_at', 'st.gaps', 'st.last_metadata'] as const

const withStates = (db: Db | Trx) =>
  db.selectFrom('services as s').innerJoin('service_states as st', 'st.service_id', 's.id')

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

/** Holds other registrations and changes of aliases off until the transaction ends, so that a key means one service. */
export async function lockKeys(trx: Trx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('stillbeat.keys'))`.execute(trx)
}

/** A service that is to be, and what is known of where it came from. */
export interface Newcomer {
  key: string
  group_name?: string | null
  registered_by?: number | null
}

/** Adds the services that do not exist yet, neither by key nor by alias. */
export async function registerServices(trx: Trx, newcomers: readonly Newcomer[], nowMs: number): Promise<void> {
  await lockKeys(trx)
  const keys = newcomers.map(({ key }) => key)
  const known = new Set((await findServices(trx, keys)).map((row) => row.asked))
  const fresh = newcomers.filter(({ key }) => !known.has(key))
  if (fresh.length === 0) return
  const services = await trx
    .insertInto('services')
    .values(fresh.map((one) => ({ ...one, created_at: nowMs })))
    .returning('id')
    .execute()
  await trx
    .insertInto('service_states')
    .values(
      services.map(({ id }) => ({
        service_id: id,
        status: 'unknown' as const,
        status_since: nowMs,
        silence_since: nowMs,
        check_at: nowMs,
      })),
    )
    .execute()
}

export interface ServiceFilter {
  /** Only these; a service that `dueBy` has passed is included whatever is stored of it, since it may have changed. */
  statuses?: readonly Status[] | undefined
  group?: string | undefined
  dueBy: number
}

/** One page in the order of keys, after the key `after`. */
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

/** The same, with the gaps of each. */
export async function listServicesWithGaps(
  db: Db,
  filter: Pick<ServiceFilter, 'group'>,
  page: { after?: string | undefined; limit: number },
): Promise<ServiceRowWithGaps[]> {
  let query = withStates(db)
    .select([...rowColumns, 's.created_at', 'st.gaps'])
    .orderBy('s.key')
    .limit(page.limit)
  if (page.after !== undefined) query = query.where('s.key', '>', page.after)
  if (filter.group !== undefined) query = query.where('s.group_name', '=', filter.group)
  return (await query.execute()).map((row) => ({ ...row, gaps: decodeGaps(row.gaps) }))
}

/** Who has been heard since a moment; reads the state of every service. */
export async function idsHeardSince(db: Db, sinceMs: number): Promise<number[]> {
  const rows = await db
    .selectFrom('service_states')
    .select('service_id')
    .where('last_heartbeat_at', '>=', sinceMs)
    .orderBy('last_heartbeat_at')
    .execute()
  return rows.map((row) => row.service_id)
}

/** How often each service has been written, so that a reader can tell which of them have changed. */
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

/** Services whose status may have changed by `nowMs`, longest overdue first. */
export async function dueServices(
  db: Db | Trx,
  nowMs: number,
  options: { limit?: number; group?: string | undefined } = {},
): Promise<ServiceRow[]> {
  let query = withStates(db).select(rowColumns).where('st.check_at', '<=', nowMs).orderBy('st.check_at')
  if (options.limit !== undefined) query = query.limit(options.limit)
  if (options.group !== undefined) query = query.where('s.group_name', '=', options.group)
  return query.execute()
}

/** When the next service may change by silence, if any. */
export async function nextCheckAt(db: Db): Promise<number | null> {
  const row = await db
    .selectFrom('service_states')
    .select('check_at')
    .where('check_at', 'is not', null)
    .orderBy('check_at')
    .limit(1)
    .executeTakeFirst()
  return row?.check_at ?? null
}

/** The services that may be shown under one of these names: by the name they were given, or by their key made readable. */
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

/** Removes a service and all that is remembered of it, but for its heartbeats. */
export async function deleteService(trx: Trx, serviceId: number): Promise<void> {
  await trx.deleteFrom('services').where('id', '=', serviceId).execute()
}

/** Holds other changes of services off until the transaction ends; like everybody, before anything else of them and in the order of their ids. */
export async function lockStates(trx: Trx, serviceIds: readonly number[]): Promise<void> {
  await trx
    .selectFrom('service_states')
    .select('version')
    .where('service_id', '=', anyId(serviceIds))
    .orderBy('service_id')
    .forUpdate()
    .execute()
}

/** Makes the watch look at every service again. */
export async function recheckAll(trx: Trx, nowMs: number): Promise<void> {
  await sql`
    update service_states s set check_at = ${sql.lit(nowMs)}
    from (select service_id from service_states where check_at > ${sql.lit(nowMs)} order by service_id for update) later
    where s.service_id = later.service_id`.execute(trx)
}

function anyOf(keys: string[]) {
  return sql<string>`any(${keys}::text[])`
}
