import type { ServiceRow } from '../../db/serviceRows.ts'
import { DEFAULT_CRON_GRACE_MS, type Schedule } from './schedule.ts'
import type { ServiceState } from './transition.ts'

type ScheduleColumns = Pick<ServiceRow, 'period_ms' | 'cron' | 'timezone' | 'grace_ms'>

/** Converts a database row. Only learning from a heartbeat needs `gaps`. */
export function stateOf(row: ServiceRow & { gaps?: number[] }, defaultTimezone: string): ServiceState {
  return {
    schedule: scheduleOf(row, defaultTimezone),
    deadAfterMs: row.dead_after_ms,
    status: row.status,
    statusSince: row.status_since,
    heartbeatCount: row.heartbeat_count,
    lastHeartbeatAt: row.last_heartbeat_at,
    silenceSince: row.silence_since,
    gaps: row.gaps ?? [],
    cadenceMs: row.cadence_ms,
    failing: row.failing,
    pausedAt: row.paused_at,
    pauseUntilHeartbeat: row.pause_until_heartbeat,
    resumedAt: row.resumed_at,
  }
}

function scheduleOf(row: ScheduleColumns, defaultTimezone: string): Schedule | null {
  if (row.cron !== null) {
    return {
      kind: 'cron',
      expression: row.cron,
      timezone: row.timezone ?? defaultTimezone,
      graceMs: row.grace_ms ?? DEFAULT_CRON_GRACE_MS,
    }
  }
  if (row.period_ms === null) return null
  return { kind: 'period', periodMs: row.period_ms, graceMs: row.grace_ms ?? row.period_ms }
}
