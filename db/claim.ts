import { CompiledQuery } from 'kysely'
import { PREPARED } from './open.ts'
import type { Db, HeartbeatKind, Trx } from './schema.ts'

/** A heartbeat that is stored if its service is claimed (optimistic locking, see `statement`). */
export interface HeartbeatWrite {
  serviceId: number
  at: number
  kind: HeartbeatKind
  /** JSON text. */
  details: string | null
}

/** A column that a statement writes, and where its value comes from. */
export interface Column<T> {
  name: string
  type: string
  of: (item: T) => string | number | boolean | null
  /** The SQL that is stored, by default the value itself; `null` if the table has no such column. */
  sets?: string | null
}

/** Built once by `statement`, then prepared and used for every batch. */
export interface Statement<T> {
  text: string
  columns: Column<T>[]
  heartbeatColumns: Column<HeartbeatWrite>[]
}

/**
 * Builds a statement that updates the rows that still have the version that was seen (optimistic locking), and stores
 * the heartbeats of exactly those. It locks rows in the order of their ids, so that two writers cannot deadlock. A row
 * that changed while it waited for the lock has another `ctid`, and is not updated.
 */
export function statement<T extends { serviceId: number; version: number }>(
  written: Column<T>[],
  heartbeatColumns: Column<HeartbeatWrite>[],
): Statement<T> {
  const columns: Column<T>[] = [
    { name: 'service_id', type: 'integer', of: (item) => item.serviceId },
    { name: 'seen', type: 'bigint', of: (item) => item.version },
    ...written,
  ]
  const text = `${PREPARED}
    with locked as materialized (
      select service_id, ctid as place from service_states
      where service_id = any((select $1::text)::integer[]) order by service_id for update
    ), claimed as (
      update service_states s set ${written.map(assignment).filter(Boolean).join(', ')}
      from ${rowsOf('w', columns, 1)} join locked l using (service_id)
      where s.ctid = l.place and s.version = w.seen
      returning s.service_id
    )${heartbeatColumns.length > 0 ? `, ${insertion(heartbeatColumns, columns.length + 1)}` : ''}
    select service_id from claimed`
  return { text, columns, heartbeatColumns }
}

function assignment<T>({ name, sets = `w.${name}` }: Column<T>): string | null {
  return sets && `${name} = ${sets}`
}

function insertion(columns: Column<HeartbeatWrite>[], firstParameter: number): string {
  const names = columns.map(({ name }) => name)
  return `stored as (
      insert into heartbeats (${names.join(', ')})
      select ${names.map((name) => `h.${name}`).join(', ')}
      from ${rowsOf('h', columns, firstParameter)} join claimed using (service_id)
    )`
}

/** The subqueries hide from the planner how many rows an array holds, so that one plan serves every batch. */
function rowsOf<T>(alias: string, columns: Column<T>[], firstParameter: number): string {
  const arrays = columns.map(({ type }, index) => `(select $${firstParameter + index}::text)::${type}[]`)
  return `unnest(${arrays.join(', ')}) as ${alias} (${columns.map(({ name }) => name).join(', ')})`
}

/** Runs a statement. @returns the ids of the services that still had the version that was seen, and are written now */
export async function claim<T>(
  db: Db | Trx,
  { text, columns, heartbeatColumns }: Statement<T>,
  items: readonly T[],
  heartbeats: readonly HeartbeatWrite[],
): Promise<Set<number>> {
  const values = [
    ...columns.map(({ of }) => arrayLiteral(items, of)),
    ...heartbeatColumns.map(({ of }) => arrayLiteral(heartbeats, of)),
  ]
  const { rows } = await db.executeQuery<{ service_id: number }>(CompiledQuery.raw(text, values))
  return new Set(rows.map((row) => row.service_id))
}

/** PostgreSQL's notation of an array. One text is much cheaper to send than an array of values. */
function arrayLiteral<T>(items: readonly T[], of: Column<T>['of']): string {
  return `{${items.map((item) => element(of(item))).join(',')}}`
}

function element(value: string | number | boolean | null): string | number | boolean {
  if (value === null) return 'NULL'
  return typeof value === 'string' ? `"${value.replaceAll(/["\\]/g, '\\$&')}"` : value
}

/** PostgreSQL's notation of bytes (`bytea`), in hexadecimal. */
export const hex = (bytes: Uint8Array) =>
  `\\x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}`
