import { type Column, claim, type HeartbeatWrite, hex, statement } from './claim.ts'
import { encodeGaps } from './gaps.ts'
import type { Db, Status, Trx } from './schema.ts'

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
