import { decodeGaps } from '../../db/gaps.ts'
import type { ServiceRow } from '../../db/serviceRows.ts'
import { zoneOf } from '../text/timezone.ts'
import type { Runs } from './runs.ts'
import { DEFAULT_CRON_GRACE_MS, isEverDue, type Schedule } from './schedule.ts'
import type { ServiceState } from './transition.ts'

type ScheduleColumns = Pick<ServiceRow, 'period_ms' | 'cron' | 'timezone' | 'grace_ms'>

/** Converts a database row. A row without `gaps` has only those of a service whose cadence is not known yet. */
export function stateOf(row: ServiceRow & { gaps?: number[] }, defaultTimezone: string): ServiceState {
  return {
    schedule: scheduleOf(row, defaultTimezone),
    graceMs: row.grace_ms,
    deadAfterMs: row.dead_after_ms,
    sinceFirstHeartbeat: row.since_first_heartbeat,
    maxRunMs: row.max_run_ms,
    failuresTolerated: row.failures_tolerated ?? 1,
    status: row.status,
    statusSince: row.status_since,
    heartbeatCount: row.heartbeat_count,
    lastHeartbeatAt: row.last_heartbeat_at,
    silenceSince: row.silence_since,
    gaps: row.gaps ?? (row.early_gaps ? decodeGaps(row.early_gaps) : []),
    cadenceMs: row.cadence_ms,
    failing: row.failing,
    failsInRow: row.fails_in_row,
    pausedAt: row.paused_at,
    pauseUntilHeartbeat: row.pause_until_heartbeat,
    resumedAt: row.resumed_at,
    pausedMs: row.paused_ms,
    gapsLost: row.gaps_lost,
    scheduledSince: row.scheduled_since,
    runs: row.runs as Runs | null,
  }
}

function scheduleOf(row: ScheduleColumns, defaultTimezone: string): Schedule | null {
  // A line that is never due promises nothing. A zone that an older version took may be none to this one.
  if (row.cron !== null && isEverDue(row.cron)) {
    return {
      kind: 'cron',
      expression: row.cron,
      timezone: zoneOf(row.timezone ?? defaultTimezone) ?? defaultTimezone,
      graceMs: row.grace_ms ?? DEFAULT_CRON_GRACE_MS,
    }
  }
  if (row.period_ms === null) return null
  return { kind: 'period', periodMs: row.period_ms, graceMs: row.grace_ms ?? row.period_ms }
}
