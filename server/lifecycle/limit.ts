import type { Status } from '../../db/schema.ts'
import { afterListening, type Outage } from './listening.ts'
import type { Runs } from './runs.ts'
import { type CronSchedule, nextDue, type Schedule } from './schedule.ts'

/** The server's settings that decide about every service. */
export interface Rules {
  minSilenceMs: number
  deadAfterMs: number
}

export interface Expectation {
  status: Status
  schedule: Schedule | null
  cadenceMs: number | null
  gaps: readonly number[]
  /** What is added to a learned limit; a schedule has a grace of its own. */
  graceMs: number | null
  /** The service's own setting; `null` for the server's. */
  deadAfterMs: number | null
  /** The schedule counts only once the service has been heard. */
  sinceFirstHeartbeat: boolean
  lastHeartbeatAt: number | null
  silenceSince: number
  /** From when the schedule counts, if that is later than `silenceSince`. */
  scheduledSince: number | null
  runs: Runs | null
}

/** A service's timeout: how long it may be silent, in milliseconds; `null` while nothing is known. */
export function limitOf(service: Expectation, rules: Rules): number | null {
  const { schedule, cadenceMs } = service
  if (schedule?.kind === 'cron') return Math.max(rules.minSilenceMs, dueInterval(schedule, service) + schedule.graceMs)
  if (schedule) return Math.max(rules.minSilenceMs, schedule.periodMs + schedule.graceMs)
  return cadenceMs === null ? null : Math.max(rules.minSilenceMs, 2 * cadenceMs + (service.graceMs ?? 0))
}

/**
 * Whether a service can be late. A schedule is a promise from the moment when it was declared, also of a service that
 * was never heard, unless it is said to count since the first heartbeat.
 */
export const isExpected = ({ schedule, cadenceMs, sinceFirstHeartbeat, lastHeartbeatAt }: Expectation): boolean =>
  schedule === null ? cadenceMs !== null : lastHeartbeatAt !== null || !sinceFirstHeartbeat

/** The moment after which a silent service is down, or `null` while nothing is known. */
export function deadlineOf(service: Expectation, rules: Rules, outages: readonly Outage[]): number | null {
  if (!isExpected(service)) return null
  const { schedule } = service
  if (schedule?.kind === 'cron') return cronDeadline(schedule, service, rules, outages)
  const limitMs = limitOf(service, rules)
  const stepMs = schedule ? schedule.periodMs : service.cadenceMs
  if (limitMs === null || stepMs === null) return null
  const sinceMs = expectedSince(service)
  if (schedule === null || sinceMs === service.silenceSince) return steadyDeadline(sinceMs, stepMs, limitMs, outages)
  const soonest = afterListening(service.silenceSince, rules.minSilenceMs, outages)
  return Math.max(soonest, steadyDeadline(sinceMs, stepMs, schedule.periodMs + schedule.graceMs, outages))
}

/**
 * From when the next due time counts: the last sign of life, the start of the newest run, or the moment when the schedule
 * was declared.
 */
const expectedSince = ({ silenceSince, schedule, scheduledSince, runs }: Expectation): number =>
  schedule === null
    ? silenceSince
    : Math.max(silenceSince, scheduledSince ?? silenceSince, runs?.newestStartAt ?? silenceSince)

/**
 * The moment after which a silent service is dead. A service whose cadence is not known yet has at least twice its
 * longest gap, so that an undeclared weekly job does not die each week.
 */
export function deadAtOf(service: Expectation, rules: Rules, outages: readonly Outage[]): number {
  const deadAfterMs = service.deadAfterMs ?? rules.deadAfterMs
  const limitMs = isExpected(service) ? limitOf(service, rules) : Math.max(0, ...service.gaps)
  const patienceMs = Math.max(deadAfterMs, 2 * (limitMs ?? 0))
  const sinceMs = service.lastHeartbeatAt === null ? expectedSince(service) : service.silenceSince
  const heardAt = Math.max(sinceMs, service.runs?.newestStartAt ?? sinceMs)
  const deadAt = afterListening(heardAt, patienceMs, outages)
  return Math.max(deadAt, deadlineOf(service, rules, outages) ?? 0)
}

/** The deadline for a steady rhythm. An outage is no silence, and what was due in it counts as received at its end. */
function steadyDeadline(sinceMs: number, stepMs: number, limitMs: number, outages: readonly Outage[]): number {
  let heardAt = sinceMs
  let deadline = sinceMs + limitMs
  for (const outage of outages) {
    if (outage.toMs <= heardAt) continue
    if (outage.fromMs > deadline) break
    if (dueInside(heardAt, stepMs, outage)) {
      heardAt = outage.toMs
      deadline = heardAt + limitMs
    } else {
      deadline += outage.toMs - Math.max(outage.fromMs, heardAt)
    }
  }
  return deadline
}

function dueInside(heardAt: number, stepMs: number, outage: Outage): boolean {
  const steps = stepMs > 0 ? Math.max(1, Math.ceil((outage.fromMs - heardAt) / stepMs)) : 1
  return heardAt + steps * stepMs <= outage.toMs
}

/**
 * The deadline for a cron line. An outage moves no due time but extends the grace; what was due in it counts as met.
 */
function cronDeadline(schedule: CronSchedule, service: Expectation, rules: Rules, outages: readonly Outage[]): number {
  let due = dueAfter(schedule, service)
  for (const outage of outages) {
    if (outage.fromMs > due) break
    if (outage.toMs >= due) due = nextDue(schedule, outage.toMs)
  }
  const soonest = afterListening(service.silenceSince, rules.minSilenceMs, outages)
  return Math.max(soonest, afterListening(due, schedule.graceMs, outages))
}

/**
 * The due time that the service is expected at. A heartbeat belongs to the due time that it is nearest to: one that came
 * early, by less than the grace and less than half the interval, has met the coming one. A run belongs there by its start.
 */
function dueAfter(schedule: CronSchedule, service: Expectation): number {
  const { sinceMs, isSign } = attributed(service)
  const due = nextDue(schedule, sinceMs)
  // A due time whose grace was over before the run ended has been told, and the run's end has settled that.
  if (isSign && due + schedule.graceMs < service.silenceSince) return nextDue(schedule, service.silenceSince)
  const earlyMs = due - sinceMs
  if (!isSign || earlyMs >= schedule.graceMs) return due
  const isNearest = nextDue(schedule, sinceMs - earlyMs - 1) === due
  return isNearest ? nextDue(schedule, due) : due
}

/** The moment by which the newest sign of life belongs to a due time, or from which the cron line counts. */
function attributed(service: Expectation): { sinceMs: number; isSign: boolean } {
  const { silenceSince, lastHeartbeatAt, scheduledSince, runs } = service
  const lastEnded = runs?.lastEnded ?? null
  const isEnd = lastEnded?.endedAt === silenceSince
  const heardAt = isEnd ? lastEnded.startedAt : silenceSince
  const signAt = Math.max(heardAt, runs?.newestStartAt ?? heardAt)
  if (scheduledSince !== null && scheduledSince > signAt) return { sinceMs: scheduledSince, isSign: false }
  return { sinceMs: signAt, isSign: isEnd || signAt === lastHeartbeatAt || signAt === runs?.newestStartAt }
}

function dueInterval(schedule: CronSchedule, service: Expectation): number {
  const due = dueAfter(schedule, service)
  return nextDue(schedule, due) - due
}
