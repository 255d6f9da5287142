import { CompiledQuery } from 'kysely'
import { encodeGaps } from './gaps.ts'
import { PREPARED } from './open.ts'
import type { Db, HeartbeatKind, Status, Trx } from './schema.ts'

/** A service's state as somebody wants it to be, if it still is as they saw it. */
export interface StateWrite {
  serviceId: number
  /** The version that was seen. */
  version: number
  status: Status
  statusSince: number
  heartbeatCount: number
  lastHeartbeatAt: number | null
  silenceSince: number
  /** Which gaps were forgotten, the oldest first, and which were learned. */
  gapsForgotten: readonly number[]
  gapsLearned: readonly number[]
  cadenceMs: number | null
  failing: boolean
  pausedAt: number | null
  pauseUntilHeartbeat: boolean
  resumedAt: number | null
  /** JSON text, or `null` to leave what is there. */
  lastMetadata: string | null
  /** `null` to leave what is there; no check at all is `'never'`. */
  checkAt: number | 'never' | null
}

export interface HeartbeatWrite {
  serviceId: number
  at: number
  kind: HeartbeatKind
  /** JSON text. */
  details: string | null
}

/**
 * Claims and writes states, and stores the heartbeats of those that were claimed, in one statement: it commits or fails
 * as a whole. A service that somebody else changed in between is left alone, with its heartbeats.
 *
 * @returns the ids that were claimed
 */
export function writeStates(
  db: Db | Trx,
  states: readonly StateWrite[],
  heartbeats: readonly HeartbeatWrite[] = [],
): Promise<Set<number>> {
  return claim(db, everything, states, heartbeats)
}

/** The same for heartbeats that say no more than "I am alive" and change nothing but what was learned: half the work. */
export function writePlainHeartbeats(
  db: Db | Trx,
  states: readonly StateWrite[],
  heartbeats: readonly HeartbeatWrite[],
): Promise<Set<number>> {
  return claim(db, onlyLearned, states, heartbeats)
}

/** What the watch found: a new status, or only a later moment to look again. */
export interface Verdict {
  serviceId: number
  /** The version that was seen. */
  version: number
  status: Status
  statusSince: number
  checkAt: number | null
  changed: boolean
}

/**
 * Writes verdicts on services that still are as they were seen. A verdict that changes nothing leaves the version, so
 * that it is in nobody's way.
 *
 * @returns the ids that were claimed
 */
export function writeVerdicts(db: Db | Trx, verdicts: readonly Verdict[]): Promise<Set<number>> {
  return claim(db, onlyVerdict, verdicts, [])
}

/** A column that a statement writes, and where its value comes from. */
interface Column<T> {
  name: string
  type: string
  of: (item: T) => string | number | boolean | null
  /** What the update stores, if not the value itself; `null` for no column of the table. */
  sets?: string | null
}

/** Stands for "no check at all" where `null` leaves the check as it is. */
const NEVER = -1

const learnedColumns: Column<StateWrite>[] = [
  { name: 'version', type: 'bigint', of: (s) => s.version + 1 },
  { name: 'heartbeat_count', type: 'bigint', of: (s) => s.heartbeatCount },
  { name: 'last_heartbeat_at', type: 'bigint', of: (s) => s.lastHeartbeatAt },
  { name: 'silence_since', type: 'bigint', of: (s) => s.silenceSince },
  { name: 'forgotten', type: 'integer', of: (s) => encodeGaps(s.gapsForgotten).length, sets: null },
  {
    name: 'gaps',
    type: 'bytea',
    of: (s) => hex(encodeGaps(s.gapsLearned)),
    sets: 'substr(s.gaps, w.forgotten + 1) || w.gaps',
  },
  { name: 'cadence_ms', type: 'double precision', of: (s) => s.cadenceMs },
  {
    name: 'check_at',
    type: 'bigint',
    of: (s) => (s.checkAt === 'never' ? NEVER : s.checkAt),
    sets: `nullif(coalesce(w.check_at, s.check_at), ${NEVER})`,
  },
]

const otherColumns: Column<StateWrite>[] = [
  { name: 'status', type: 'text', of: (s) => s.status },
  { name: 'status_since', type: 'bigint', of: (s) => s.statusSince },
  { name: 'failing', type: 'boolean', of: (s) => s.failing },
  { name: 'paused_at', type: 'bigint', of: (s) => s.pausedAt },
  { name: 'pause_until_heartbeat', type: 'boolean', of: (s) => s.pauseUntilHeartbeat },
  { name: 'resumed_at', type: 'bigint', of: (s) => s.resumedAt },
  {
    name: 'last_metadata',
    type: 'jsonb',
    of: (s) => s.lastMetadata,
    sets: 'coalesce(w.last_metadata, s.last_metadata)',
  },
]

const verdictColumns: Column<Verdict>[] = [
  { name: 'version', type: 'bigint', of: (v) => v.version + Number(v.changed) },
  { name: 'status', type: 'text', of: (v) => v.status },
  { name: 'status_since', type: 'bigint', of: (v) => v.statusSince },
  { name: 'check_at', type: 'bigint', of: (v) => v.checkAt },
]

const plainHeartbeatColumns: Column<HeartbeatWrite>[] = [
  { name: 'service_id', type: 'integer', of: (h) => h.serviceId },
  { name: 'at', type: 'bigint', of: (h) => h.at },
]

const heartbeatColumns: Column<HeartbeatWrite>[] = [
  ...plainHeartbeatColumns,
  { name: 'kind', type: 'heartbeat_kind', of: (h) => h.kind },
  { name: 'details', type: 'jsonb', of: (h) => h.details },
]

const everything = statement([...learnedColumns, ...otherColumns], heartbeatColumns)
const onlyLearned = statement(learnedColumns, plainHeartbeatColumns)
const onlyVerdict = statement(verdictColumns, [])

interface Statement<T> {
  text: string
  columns: Column<T>[]
  heartbeatColumns: Column<HeartbeatWrite>[]
}

/**
 * Updates the rows that still have the version that was seen, and stores heartbeats of theirs. Rows are locked in the
 * order of their ids, so that two writers never wait for each other; a row that changed while this waited for it has
 * moved, and is not found at its place. The text is made once: it is the same for every batch, and prepared.
 */
function statement<T extends { serviceId: number; version: number }>(
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

/** The subqueries hide from the planner how many rows there are, so that one plan serves every batch. */
function rowsOf<T>(alias: string, columns: Column<T>[], firstParameter: number): string {
  const arrays = columns.map(({ type }, index) => `(select $${firstParameter + index}::text)::${type}[]`)
  return `unnest(${arrays.join(', ')}) as ${alias} (${columns.map(({ name }) => name).join(', ')})`
}

async function claim<T>(
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

/** PostgreSQL's notation of an array: one text goes over the line much more cheaply than an array of values. */
function arrayLiteral<T>(items: readonly T[], of: Column<T>['of']): string {
  return `{${items.map((item) => element(of(item))).join(',')}}`
}

function element(value: string | number | boolean | null): string | number | boolean {
  if (value === null) return 'NULL'
  return typeof value === 'string' ? `"${value.replaceAll(/["\\]/g, '\\$&')}"` : value
}

const hex = (bytes: Uint8Array) => `\\x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}`
