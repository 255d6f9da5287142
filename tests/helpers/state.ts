import type { Rules } from '../../server/lifecycle/limit.ts'
import type { Outage } from '../../server/lifecycle/listening.ts'
import type { CronSchedule, Schedule } from '../../server/lifecycle/schedule.ts'
import type { Change, Outcome, ServiceState } from '../../server/lifecycle/transition.ts'
import { DAY, MINUTE, SECOND } from './clock.ts'

/** What the server's settings are by default. */
export const rules: Rules = { minSilenceMs: 10 * SECOND, deadAfterMs: 7 * DAY }

/** Alive, heard every five minutes, the fourth and last time at zero. */
export function beating(differences: Partial<ServiceState> = {}): ServiceState {
  return {
    schedule: null,
    deadAfterMs: null,
    status: 'alive',
    statusSince: 0,
    heartbeatCount: 4,
    lastHeartbeatAt: 0,
    silenceSince: 0,
    gaps: [5 * MINUTE, 5 * MINUTE, 5 * MINUTE],
    cadenceMs: 5 * MINUTE,
    failing: false,
    pausedAt: null,
    pauseUntilHeartbeat: false,
    resumedAt: null,
    ...differences,
  }
}

/** Heard once, at zero. */
export const heardOnce = (differences: Partial<ServiceState> = {}): ServiceState =>
  beating({ status: 'unknown', heartbeatCount: 1, gaps: [], cadenceMs: null, ...differences })

/** Registered at zero and not heard yet. */
export const neverHeard = (differences: Partial<ServiceState> = {}): ServiceState =>
  heardOnce({ heartbeatCount: 0, lastHeartbeatAt: null, ...differences })

export const every = (periodMs: number, graceMs = periodMs): Schedule => ({ kind: 'period', periodMs, graceMs })

export const cron = (expression: string, timezone = 'UTC', graceMs = 5 * MINUTE): CronSchedule => ({
  kind: 'cron',
  expression,
  timezone,
  graceMs,
})

export const outage = (fromMs: number, toMs: number): Outage => ({ fromMs, toMs })

/** `alive → down: silence`, with its moment beside it. */
export const told = ({ changes }: Outcome): [string, number][] =>
  changes.map(({ from, to, reason, at }: Change) => [`${from} → ${to}: ${reason}`, at])
