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
  /** Who said so, also where alerts are switched off. */
  muted_by: string | null
  metadata: JsonColumn
  created_at: Ms
  /** The stored key whose heartbeat was the first, if it was one. */
  registered_by: number | null
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
  /** When this database was first used. */
  first_at: Ms | null
}

interface OutagesTable {
  id: Generated<number>
  from_at: Ms
  to_at: Ms
}

/** From a transition to down until the next one to alive. */
export interface IncidentsTable {
  id: Generated<number>
  service_id: number
  opened_at: Ms
  /** From when the silence counted that led to it. */
  silent_since: Ms
  reason: string
  /** What a failing job said. */
  note: string | null
  closed_at: Ms | null
  close_reason: string | null
  acknowledged_at: Ms | null
  acknowledged_by: string | null
  /** When to tell again of an incident that is still open. */
  remind_at: Ms | null
}

export type AlertKind = 'down' | 'recovered' | 'reminder'

/** Something about an incident that people are to be told. It waits until it has an announcement, or is withdrawn. */
interface AlertsTable {
  id: Generated<number>
  incident_id: number
  kind: AlertKind
  /** The one that says that its service is flapping. */
  flapping: Generated<boolean>
  recorded_at: Ms
  not_before: Ms | null
  announcement_id: number | null
  /** Which part of its announcement tells it, and in which line. */
  part: number | null
  line: number | null
  withdrawn: Generated<boolean>
}

/** Several alerts told together, a summary, or an outage of the monitor. */
interface AnnouncementsTable {
  id: Generated<number>
  event: string
  /** What may be announced only once, e.g. `summary:2026-11-24`. */
  subject: string | null
  at: Ms
}

/** One part of an announcement on its way to one target. */
export interface MessagesTable {
  id: Generated<number>
  announcement_id: number
  target: string
  part: number
  title: string
  body: string
  data: ColumnType<{ [key: string]: Json }, string, never>
  created_at: Ms
  state: Generated<'pending' | 'sent' | 'failed'>
  attempts: Generated<number>
  attempted_at: Ms | null
  /** An attempt was begun and its answer is not known. */
  unanswered: Generated<boolean>
  error: string | null
  settled_at: Ms | null
  /** What the other side calls it, by which it can be edited and answered; and where it was sent. */
  reference: string | null
  sent_to: string | null
}

/** A message that is to show what has become of its incidents; what that is, is found out when it is edited. */
interface EditsTable {
  message_id: number
  target: string
  /** Counts the changes, so that the one who edits can tell whether there was another in the meantime. */
  version: Generated<number>
  attempts: Generated<number>
  requested_at: Ms
}

/** A chat, a webhook or the log: messages reach it one at a time, in their order. */
interface TargetsTable {
  name: string
  /** A chat's new id, since it became a supergroup. */
  moved_to: string | null
  /** The process that is sending to it now. */
  holder: string | null
  held_since: Ms | null
  /** Attempts that failed since the last one that did not. */
  failures: Generated<number>
  failed_at: Ms | null
  retry_at: Ms | null
  /** Until when messages that were sent are left as they are. */
  edit_retry_at: Ms | null
}

/** What a job asked a person to look at. */
interface AttentionsTable {
  service_id: number
  at: Ms
  note: string | null
}

/** Services that went down too often to be told of each time. */
interface FlappingTable {
  service_id: number
  last_change_at: Ms
}

/** A stretch in which a service was not judged, since it has been resumed. */
interface PausesTable {
  service_id: number
  from_at: Ms
  to_at: Ms
}

/** A browser that is signed in; its token is known to nobody but itself. */
interface SessionsTable {
  token_hash: string
  seen_at: Ms
  /** The key that it began with; `null` for `API_KEY`. */
  key_id: number | null
}

/** A key that was given to somebody; its secret is known to nobody else. */
export interface KeysTable {
  id: Generated<number>
  name: string
  scope: 'ping' | 'read' | 'admin'
  /** A ping key may be limited to the services of a group, and to keys that begin so. */
  group_name: string | null
  key_prefix: string | null
  secret_hash: string
  created_at: Ms
  last_used_at: Ms | null
  revoked_at: Ms | null
}

/** What a service did on a day (UTC) that is over; it stays when the heartbeats have gone. */
export interface DailyFiguresTable {
  /** Whole days since 1970. */
  day: number
  service_id: number
  heartbeats: number
  starts: number
  successes: number
  fails: number
  logs: number
  attentions: number
  incidents: number
  alive_ms: Ms
  down_ms: Ms
  /** Of the gaps that lie within the day. */
  median_gap_ms: Ms | null
  longest_gap_ms: Ms | null
}

/** Which days have their figures, and how far the one is that is being rolled up. */
interface RolledDaysTable {
  day: number
  /** Services up to this id have theirs. */
  through_id: Generated<number>
  done: Generated<boolean>
}

/** Groups that everybody may look at. */
interface PublicGroupsTable {
  name: string
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
  incidents: IncidentsTable
  alerts: AlertsTable
  announcements: AnnouncementsTable
  messages: MessagesTable
  edits: EditsTable
  targets: TargetsTable
  attentions: AttentionsTable
  flapping: FlappingTable
  pauses: PausesTable
  sessions: SessionsTable
  keys: KeysTable
  public_groups: PublicGroupsTable
  daily_figures: DailyFiguresTable
  rolled_days: RolledDaysTable
}

export type Db = Kysely<Database>
export type Trx = Transaction<Database>
