import { type Column, claim, type HeartbeatWrite, hex, statement } from './claim.ts'
import { encodeGaps } from './gaps.ts'
import type { Db, Status, Trx } from './schema.ts'

/** A new state of a service. It is written only if the service still has the version that was seen. */
export interface StateWrite {
  serviceId: number
  /** The version that was seen. */
  version: number
  status: Status
  statusSince: number
  heartbeatCount: number
  lastHeartbeatAt: number | null
  silenceSince: number
  /** The gaps to remove from the front, and those to append. */
  gapsForgotten: readonly number[]
  gapsLearned: readonly number[]
  cadenceMs: number | null
  failing: boolean
  failsInRow: number
  pausedAt: number | null
  pauseUntilHeartbeat: boolean
  resumedAt: number | null
  pausedMs: number
  gapsLost: number
  scheduledSince: number | null
  /** Stored as JSON. */
  runs: object | null
  /** JSON text; `null` keeps what is stored. */
  lastMetadata: string | null
  /** `null` keeps what is stored; `'never'` means that no check is due at all. */
  checkAt: number | 'never' | null
}

/**
 * Claims and writes states, and stores the heartbeats of the claimed services, in one statement that commits or fails as
 * a whole. A service that somebody changed meanwhile is left as it is, and its heartbeats are not stored.
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

/** The same for heartbeats that carry nothing and change only what is learned from them. It is half the work. */
export function writePlainHeartbeats(
  db: Db | Trx,
  states: readonly StateWrite[],
  heartbeats: readonly HeartbeatWrite[],
): Promise<Set<number>> {
  return claim(db, onlyLearned, states, heartbeats)
}

/** What the watch decided about a service: a new status, or only a later check. */
export interface Verdict {
  serviceId: number
  /** The version that was seen. */
  version: number
  status: Status
  statusSince: number
  /** Stored as JSON. */
  runs: object | null
  checkAt: number | null
  changed: boolean
}

/**
 * Claims services and writes the verdicts on them. A verdict that does not change the status keeps the version, so that it
 * makes no other writer try again.
 *
 * @returns the ids that were claimed
 */
export function writeVerdicts(db: Db | Trx, verdicts: readonly Verdict[]): Promise<Set<number>> {
  return claim(db, onlyVerdict, verdicts, [])
}

/** Stands for "no check at all", since `null` keeps the stored check. */
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
  { name: 'fails_in_row', type: 'integer', of: (s) => s.failsInRow },
  { name: 'paused_at', type: 'bigint', of: (s) => s.pausedAt },
  { name: 'pause_until_heartbeat', type: 'boolean', of: (s) => s.pauseUntilHeartbeat },
  { name: 'resumed_at', type: 'bigint', of: (s) => s.resumedAt },
  { name: 'paused_ms', type: 'bigint', of: (s) => s.pausedMs },
  { name: 'gaps_lost', type: 'integer', of: (s) => s.gapsLost },
  { name: 'scheduled_since', type: 'bigint', of: (s) => s.scheduledSince },
  { name: 'runs', type: 'jsonb', of: (s) => s.runs && JSON.stringify(s.runs) },
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
  { name: 'runs', type: 'jsonb', of: (v) => v.runs && JSON.stringify(v.runs), sets: 'coalesce(w.runs, s.runs)' },
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
