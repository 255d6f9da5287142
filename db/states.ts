import { sql } from 'kysely'
import { encodeGaps } from './gaps.ts'
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
  gaps: readonly number[]
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
 * Rows are locked in the order of their ids, so that two writers never wait for each other.
 *
 * @returns the ids that were claimed
 */
export async function writeStates(
  db: Db | Trx,
  states: readonly StateWrite[],
  heartbeats: readonly HeartbeatWrite[] = [],
): Promise<Set<number>> {
  const ids = numbers(states, (s) => s.serviceId)
  const { rows } = await sql<{ service_id: number }>`
    with locked as materialized (
      select service_id, version from service_states
      where service_id = any(${ids}::text::int[]) order by service_id for update
    ), wanted as (
      select * from unnest(
        ${ids}::text::int[], ${numbers(states, (s) => s.version)}::text::int[],
        ${words(states, (s) => s.status)}::text::text[], ${numbers(states, (s) => s.statusSince)}::text::bigint[],
        ${numbers(states, (s) => s.heartbeatCount)}::text::bigint[],
        ${numbers(states, (s) => s.lastHeartbeatAt)}::text::bigint[],
        ${numbers(states, (s) => s.silenceSince)}::text::bigint[],
        ${words(states, (s) => hex(encodeGaps(s.gaps)))}::text::bytea[],
        ${numbers(states, (s) => s.cadenceMs)}::text::double precision[],
        ${words(states, (s) => String(s.failing))}::text::boolean[],
        ${numbers(states, (s) => s.pausedAt)}::text::bigint[],
        ${words(states, (s) => String(s.pauseUntilHeartbeat))}::text::boolean[],
        ${numbers(states, (s) => s.resumedAt)}::text::bigint[],
        ${states.map((s) => s.lastMetadata)}::text[],
        ${words(states, (s) => String(s.checkAt !== null))}::text::boolean[],
        ${numbers(states, (s) => (s.checkAt === 'never' ? null : s.checkAt))}::text::bigint[]
      ) as w (
        service_id, version, status, status_since, heartbeat_count, last_heartbeat_at, silence_since, gaps, cadence_ms,
        failing, paused_at, pause_until_heartbeat, resumed_at, last_metadata, moves_check, check_at
      )
    ), claimed as (
      update service_states s set
        version = s.version + 1, status = w.status, status_since = w.status_since, heartbeat_count = w.heartbeat_count,
        last_heartbeat_at = w.last_heartbeat_at, silence_since = w.silence_since, gaps = w.gaps,
        cadence_ms = w.cadence_ms, failing = w.failing, paused_at = w.paused_at,
        pause_until_heartbeat = w.pause_until_heartbeat, resumed_at = w.resumed_at,
        last_metadata = coalesce(w.last_metadata::jsonb, s.last_metadata),
        check_at = case when w.moves_check then w.check_at else s.check_at end
      from wanted w join locked l using (service_id)
      where s.service_id = w.service_id and s.version = w.version
      returning s.service_id
    ), stored as (
      insert into heartbeats (service_id, at, kind, details)
      select h.service_id, h.at, h.kind::heartbeat_kind, h.details::jsonb from unnest(
        ${numbers(heartbeats, (h) => h.serviceId)}::text::int[], ${numbers(heartbeats, (h) => h.at)}::text::bigint[],
        ${words(heartbeats, (h) => h.kind)}::text::text[], ${heartbeats.map((h) => h.details)}::text[]
      ) as h (service_id, at, kind, details) join claimed using (service_id)
    )
    select service_id from claimed`.execute(db)
  return new Set(rows.map((row) => row.service_id))
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
export async function writeVerdicts(db: Db | Trx, verdicts: readonly Verdict[]): Promise<Set<number>> {
  const ids = numbers(verdicts, (v) => v.serviceId)
  const { rows } = await sql<{ service_id: number }>`
    with locked as materialized (
      select service_id from service_states
      where service_id = any(${ids}::text::int[]) order by service_id for update
    )
    update service_states s set
      version = s.version + w.changed::int, status = w.status, status_since = w.status_since, check_at = w.check_at
    from locked l join unnest(
      ${ids}::text::int[], ${numbers(verdicts, (v) => v.version)}::text::int[],
      ${words(verdicts, (v) => v.status)}::text::text[], ${numbers(verdicts, (v) => v.statusSince)}::text::bigint[],
      ${numbers(verdicts, (v) => v.checkAt)}::text::bigint[],
      ${words(verdicts, (v) => String(v.changed))}::text::boolean[]
    ) as w (service_id, version, status, status_since, check_at, changed) using (service_id)
    where s.service_id = w.service_id and s.version = w.version
    returning s.service_id`.execute(db)
  return new Set(rows.map((row) => row.service_id))
}

/** An array literal of numbers: much cheaper for the driver than an array of values. */
function numbers<T>(items: readonly T[], pick: (item: T) => number | null): string {
  return `{${items.map((item) => pick(item) ?? 'NULL').join(',')}}`
}

/** An array literal of words that need no escaping. */
function words<T>(items: readonly T[], pick: (item: T) => string): string {
  return `{${items.map(pick).join(',')}}`
}

function hex(bytes: Uint8Array): string {
  return `"\\\\x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}"`
}
