import type { Rules } from '../../server/lifecycle/limit.ts'
import type { Outage } from '../../server/lifecycle/listening.ts'
import type { CronSchedule, Schedule } from '../../server/lifecycle/schedule.ts'
import type { Change, Outcome, ServiceState } from '../../server/lifecycle/transition.ts'
import { DAY, MINUTE, SECOND } from './clock.ts'

/** The server's default settings. */
export const rules: Rules = { minSilenceMs: 10 * SECOND, deadAfterMs: 7 * DAY }

/** A service that is alive: it was heard every five minutes, the fourth and last time at 0. */
export function beating(differences: Partial<ServiceState> = {}): ServiceState {
  return {
    schedule: null,
    graceMs: null,
    deadAfterMs: null,
    sinceFirstHeartbeat: false,
    status: 'alive',
    statusSince: 0,
    heartbeatCount: 4,
    lastHeartbeatAt: 0,
    silenceSince: 0,
    gaps: [5 * MINUTE, 5 * MINUTE, 5 * MINUTE],
    cadenceMs: 5 * MINUTE,
    failing: false,
    failsInRow: 0,
    failuresTolerated: 1,
    maxRunMs: null,
    runs: null,
    pausedAt: null,
    pauseUntilHeartbeat: false,
    resumedAt: null,
    pausedMs: 0,
    gapsLost: 0,
    scheduledSince: null,
    ...differences,
  }
}

/** A service that was heard once, at 0. */
export const heardOnce = (differences: Partial<ServiceState> = {}): ServiceState =>
  beating({ status: 'unknown', heartbeatCount: 1, gaps: [], cadenceMs: null, ...differences })

/** A service that was registered at 0, and not heard yet. */
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

/** Writes changes such as `alive → down: silence`, each with its moment. */
export const told = ({ changes }: Outcome): [string, number][] =>
  changes.map(({ from, to, reason, at }: Change) => [`${from} → ${to}: ${reason}`, at])
