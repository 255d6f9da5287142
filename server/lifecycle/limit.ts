import type { Status } from '../../db/schema.ts'
import { afterListening, type Outage } from './listening.ts'
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
  /** The service's own setting; `null` for the server's. */
  deadAfterMs: number | null
  silenceSince: number
}

/** A service's timeout: how long it may be silent, in milliseconds; `null` while nothing is known. */
export function limitOf(service: Expectation, rules: Rules): number | null {
  const { schedule, cadenceMs } = service
  if (schedule?.kind === 'cron') return Math.max(rules.minSilenceMs, dueInterval(schedule, service) + schedule.graceMs)
  if (schedule) return Math.max(rules.minSilenceMs, schedule.periodMs + schedule.graceMs)
  return cadenceMs === null ? null : Math.max(rules.minSilenceMs, 2 * cadenceMs)
}

/** The moment after which a silent service is down, or `null` while nothing is known. */
export function deadlineOf(service: Expectation, rules: Rules, outages: readonly Outage[]): number | null {
  const { schedule } = service
  if (schedule?.kind === 'cron') return cronDeadline(schedule, service.silenceSince, rules, outages)
  const limitMs = limitOf(service, rules)
  const stepMs = schedule ? schedule.periodMs : service.cadenceMs
  if (limitMs === null || stepMs === null) return null
  return steadyDeadline(service.silenceSince, stepMs, limitMs, outages)
}

/** The moment after which a silent service is dead. No schedule counts for an unknown service yet. */
export function deadAtOf(service: Expectation, rules: Rules, outages: readonly Outage[]): number {
  const deadAfterMs = service.deadAfterMs ?? rules.deadAfterMs
  if (service.status === 'unknown') return afterListening(service.silenceSince, deadAfterMs, outages)
  const patienceMs = Math.max(deadAfterMs, 2 * (limitOf(service, rules) ?? 0))
  const deadAt = afterListening(service.silenceSince, patienceMs, outages)
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
function cronDeadline(schedule: CronSchedule, sinceMs: number, rules: Rules, outages: readonly Outage[]): number {
  let due = nextDue(schedule, sinceMs)
  for (const outage of outages) {
    if (outage.fromMs > due) break
    if (outage.toMs >= due) due = nextDue(schedule, outage.toMs)
  }
  const soonest = afterListening(sinceMs, rules.minSilenceMs, outages)
  return Math.max(soonest, afterListening(due, schedule.graceMs, outages))
}

function dueInterval(schedule: CronSchedule, { silenceSince }: Expectation): number {
  const due = nextDue(schedule, silenceSince)
  return nextDue(schedule, due) - due
}
