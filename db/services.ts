import { type Selectable, sql, type Updateable } from 'kysely'
import { decodeGaps } from './gaps.ts'
import type { Db, ServiceStatesTable, ServicesTable, Status, Trx } from './schema.ts'

type StateColumns = Omit<Selectable<ServiceStatesTable>, 'service_id' | 'gaps' | 'last_metadata'>

/** A service with its state, as the lifecycle needs it. */
export type ServiceRow = Omit<Selectable<ServicesTable>, 'metadata' | 'created_at'> & StateColumns

/** The same with what only its own page shows. */
export type FullServiceRow = Selectable<ServicesTable> &
  StateColumns & { gaps: number[]; last_metadata: Selectable<ServiceStatesTable>['last_metadata'] }

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

export async function findService(db: Db | Trx, key: string): Promise<FullServiceRow | undefined> {
  return (await findServices(db, [key]))[0]
}

/** Holds other registrations and changes of aliases off until the transaction ends, so that a key means one service. */
export async function lockKeys(trx: Trx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('stillbeat.keys'))`.execute(trx)
}

/** Adds the services that do not exist yet, neither by key nor by alias. */
export async function registerServices(trx: Trx, keys: string[], nowMs: number): Promise<void> {
  await lockKeys(trx)
  const known = new Set((await findServices(trx, keys)).map((row) => row.asked))
  const fresh = keys.filter((key) => !known.has(key))
  if (fresh.length === 0) return
  const services = await trx
    .insertInto('services')
    .values(fresh.map((key) => ({ key, created_at: nowMs })))
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

export type ServiceSettings = Partial<Omit<Updateable<ServicesTable>, 'id' | 'key' | 'created_at'>>

export async function updateSettings(trx: Trx, serviceId: number, settings: ServiceSettings): Promise<void> {
  if (Object.keys(settings).length === 0) return
  await trx.updateTable('services').set(settings).where('id', '=', serviceId).execute()
}

/**
 * Removes a service and all that is remembered of it. Its state is locked first, as every writer does, so that none waits
 * for another in a circle; its heartbeats go afterwards, when no new ones can come, so that nobody waits for that.
 */
export async function deleteService(db: Db, serviceId: number): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await lockState(trx, serviceId)
    await trx.deleteFrom('services').where('id', '=', serviceId).execute()
  })
  await db.deleteFrom('heartbeats').where('service_id', '=', serviceId).execute()
}

export async function lockState(trx: Trx, serviceId: number): Promise<void> {
  await trx.selectFrom('service_states').select('version').where('service_id', '=', serviceId).forUpdate().execute()
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
