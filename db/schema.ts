import type { ColumnType, Generated, Kysely, Transaction } from 'kysely'

/** Every time in the database is whole milliseconds since 1970 (UTC); the doors turn it into ISO 8601. */
type Ms = number

export type Status = 'unknown' | 'alive' | 'down' | 'dead'
export type HeartbeatKind = 'heartbeat' | 'start' | 'success' | 'fail' | 'log' | 'attention'
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** What a service is and how it was set up; written seldom. */
export interface ServicesTable {
  id: Generated<number>
  key: string
  display_name: string | null
  group_name: string | null
  kind: string | null
  period_ms: Ms | null
  cron: string | null
  timezone: string | null
  grace_ms: Ms | null
  dead_after_ms: Ms | null
  alerts_enabled: Generated<boolean>
  muted_until: Ms | null
  muted_until_recovered: Generated<boolean>
  metadata: JsonColumn
  created_at: Ms
}

/** What its heartbeats taught; one narrow row a service, written by every heartbeat. */
export interface ServiceStatesTable {
  service_id: number
  /** Counts the writes, so that a writer can tell whether the row is still as it saw it. */
  version: Generated<number>
  status: Status
  status_since: Ms
  heartbeat_count: Generated<number>
  last_heartbeat_at: Ms | null
  silence_since: Ms
  /** The newest gaps, oldest first; see gaps.ts. */
  gaps: Generated<Uint8Array>
  cadence_ms: number | null
  failing: Generated<boolean>
  paused_at: Ms | null
  pause_until_heartbeat: Generated<boolean>
  resumed_at: Ms | null
  /** The metadata of the newest heartbeat that carried any. */
  last_metadata: JsonColumn
  /** Never later than the first moment at which the status can change by silence alone; see docs/architecture.md. */
  check_at: Ms | null
}

interface AliasesTable {
  alias: string
  service_id: number
}

interface HeartbeatsTable {
  service_id: number
  at: Ms
  kind: HeartbeatKind
  details: JsonColumn
}

interface TransitionsTable {
  id: Generated<number>
  service_id: number
  from_status: Status
  to_status: Status
  reason: string
  at: Ms
}

/** One row: when somebody last proved that the monitor listens. */
interface ListeningTable {
  id: Generated<number>
  last_at: Ms
  /** The settings that every deadline in the database was reckoned with. */
  rules: Generated<string>
}

interface OutagesTable {
  id: Generated<number>
  from_at: Ms
  to_at: Ms
}

/** Read as a value, written as JSON text. */
type JsonColumn = ColumnType<Json, string | null | undefined, string | null>

export interface Database {
  services: ServicesTable
  service_states: ServiceStatesTable
  aliases: AliasesTable
  heartbeats: HeartbeatsTable
  transitions: TransitionsTable
  listening: ListeningTable
  outages: OutagesTable
}

export type Db = Kysely<Database>
export type Trx = Transaction<Database>
