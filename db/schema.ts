import type { ColumnType, Generated, Kysely, Transaction } from 'kysely'

/**
 * A moment, in whole milliseconds since 1970 (UTC), or a length of time in milliseconds. Answers show moments as ISO
 * 8601.
 */
type Ms = number

export type Status = 'unknown' | 'alive' | 'down' | 'dead'
export type HeartbeatKind = 'heartbeat' | 'start' | 'success' | 'fail' | 'log' | 'attention'
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** A service and its settings; seldom written. */
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
  /** The schedule counts only once the service has been heard. */
  since_first_heartbeat: Generated<boolean>
  /** How long a run may take. */
  max_run_ms: Ms | null
  /** So many failed runs in a row make it down; `null`: one. */
  failures_tolerated: number | null
  alerts_enabled: Generated<boolean>
  muted_until: Ms | null
  muted_until_recovered: Generated<boolean>
  /** Who muted it, or switched its alerts off. */
  muted_by: string | null
  metadata: JsonColumn
  created_at: Ms
  /** The stored key that sent its first heartbeat; `null` if that came with none, or with `API_KEY`. */
  registered_by: number | null
}

/** What was learned from a service's heartbeats: one narrow row per service, rewritten by every heartbeat. */
export interface ServiceStatesTable {
  service_id: number
  /** Counts the writes (optimistic locking): a writer can tell whether the row is still as it was read. */
  version: Generated<number>
  status: Status
  status_since: Ms
  heartbeat_count: Generated<number>
  last_heartbeat_at: Ms | null
  silence_since: Ms
  /** The newest gaps, oldest first, encoded by gaps.ts. */
  gaps: Generated<Uint8Array>
  cadence_ms: number | null
  failing: Generated<boolean>
  fails_in_row: Generated<number>
  paused_at: Ms | null
  pause_until_heartbeat: Generated<boolean>
  resumed_at: Ms | null
  /** How long it was paused since its last heartbeat, up to the last resume. */
  paused_ms: Generated<Ms>
  /** Gaps that could not be learned while the cadence was not known yet. */
  gaps_lost: Generated<number>
  /** From when its schedule counts, if that is later than the service's last sign of life. */
  scheduled_since: Ms | null
  /** Its open runs, and what was learned from those that ended; `null` until the first signal of a run. */
  runs: JsonColumn
  /** The metadata of the newest heartbeat that carried any. */
  last_metadata: JsonColumn
  /**
   * When the watch next looks at it: never later than the first moment at which silence alone can change its status.
   */
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
  /** See condense.ts. */
  nth: Generated<number>
  condensed: Generated<number>
  condensed_downs: Generated<number>
}

/** One row: when a server last proved that the monitor listens. */
interface ListeningTable {
  id: Generated<number>
  last_at: Ms
  /** The settings that all deadlines in the database were calculated with. */
  rules: Generated<string>
  /** When this database was first used. */
  first_at: Ms | null
}

interface OutagesTable {
  id: Generated<number>
  from_at: Ms
  to_at: Ms
}

/** An incident lasts from a transition to down until the next one to alive. */
export interface IncidentsTable {
  id: Generated<number>
  service_id: number
  opened_at: Ms
  /** When the silence that led to it began. */
  silent_since: Ms
  /** Why it is down, by the newest signal that tells another cause than the one before, and what a failing job said. */
  reason: string
  note: string | null
  /** When that cause came, if it is not the one that opened the incident. */
  cause_at: Ms | null
  /** When a message last told why it is down. */
  told_at: Ms | null
  closed_at: Ms | null
  close_reason: string | null
  acknowledged_at: Ms | null
  acknowledged_by: string | null
  /** When the next reminder of it is due, while it is open. */
  remind_at: Ms | null
  /** How many incidents before it, which nobody was told of, it stands for besides itself. */
  condensed: Generated<number>
}

/** `closed`: what was told is over, but not by a recovery. `changed`: what is down has another cause by now. */
export type AlertKind = 'down' | 'changed' | 'recovered' | 'closed' | 'reminder'
export type CloseReason = 'recovered' | 'paused' | 'removed' | 'alerts_off' | 'flapping_over'

/**
 * Something about an incident that people are to be told. It is pending until it has an announcement, or is withdrawn.
 */
interface AlertsTable {
  id: Generated<number>
  incident_id: number
  kind: AlertKind
  /** Whether it is the alert that says that its service is flapping. */
  flapping: Generated<boolean>
  recorded_at: Ms
  not_before: Ms | null
  announcement_id: number | null
  /** The part of its announcement that tells it, and the line of that part. */
  part: number | null
  line: number | null
  withdrawn: Generated<boolean>
  /** Of `recovered` and `closed`. In rows of an older version it is `null`, and means `recovered`. */
  close_reason: CloseReason | null
}

/** What is told together: several alerts, a summary, or an outage of the monitor. */
interface AnnouncementsTable {
  id: Generated<number>
  event: string
  /** What may be announced only once, e.g. `summary:2026-11-24`. */
  subject: string | null
  at: Ms
}

/** One part of an announcement on its way to one target: a row of the outbox. */
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
  /** Attempts whose message the receiver may have seen. Only so many are made. */
  copies: Generated<number>
  /** Attempts that failed by the message and not by its target, as far as can be told. After a few, others pass it. */
  refusals: Generated<number>
  /** This message is not tried before this moment; `null`: as soon as its target is. */
  retry_at: Ms | null
  /** An attempt was begun, and whether it succeeded is not known. */
  unanswered: Generated<boolean>
  error: string | null
  settled_at: Ms | null
  /** The id that the target gave it, by which it can be edited and replied to; and the address that it was sent to. */
  reference: string | null
  sent_to: string | null
  /** Of a message that was split from its part: the line of the part with which it begins. */
  first_line: number | null
  /** The message whose place in the queue it has, since it was split from it. */
  queued_as: number | null
}

/** A message that has to show the new state of its incidents. Its new text is composed when it is edited. */
interface EditsTable {
  message_id: number
  target: string
  /** Counts the requests, so that whoever edits can tell whether another came meanwhile. */
  version: Generated<number>
  attempts: Generated<number>
  requested_at: Ms
}

/**
 * A chat, a webhook or the log. Messages reach it one at a time: the process that sends holds a lease on it.
 */
interface TargetsTable {
  name: string
  /** The new id of a chat that became a supergroup. */
  moved_to: string | null
  /** The process that holds the lease, and the database's time at which it was last renewed. */
  holder: string | null
  held_since: Ms | null
  /** Failed attempts since the last success. */
  failures: Generated<number>
  failed_at: Ms | null
  /** No message is sent before this moment (backoff). */
  retry_at: Ms | null
  /** No message is edited before this moment. */
  edit_retry_at: Ms | null
}

/** What a job asked a person to look at. */
interface AttentionsTable {
  service_id: number
  at: Ms
  note: string | null
}

/** Services that go down so often that people are not told of each time. */
interface FlappingTable {
  service_id: number
  last_change_at: Ms
}

/** A time in which a service was paused. It has been resumed since. */
interface PausesTable {
  service_id: number
  from_at: Ms
  to_at: Ms
}

/** A browser that is signed in. Only a hash of its token is stored. */
interface SessionsTable {
  token_hash: string
  seen_at: Ms
  /** The key that it signed in with; `null` for `API_KEY`. */
  key_id: number | null
}

/** A key that was created for somebody. Only a hash of its secret is stored. */
export interface KeysTable {
  id: Generated<number>
  name: string
  scope: 'ping' | 'read' | 'admin'
  /** A ping key may be limited to the services of a group, and to services whose keys have a prefix. */
  group_name: string | null
  key_prefix: string | null
  secret_hash: string
  created_at: Ms
  last_used_at: Ms | null
  revoked_at: Ms | null
}

/** What a service did on a UTC day that is over. It is kept when the heartbeats of that day are deleted. */
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
  /** Only gaps that lie within the day count. */
  median_gap_ms: Ms | null
  longest_gap_ms: Ms | null
}

/** Which days are rolled up, and how far a roll-up under way has come. */
interface RolledDaysTable {
  day: number
  /** Services up to this id have their figures. */
  through_id: Generated<number>
  done: Generated<boolean>
}

/** Groups that are shown to everybody, without a key. */
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
