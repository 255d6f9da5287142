import { isDeepStrictEqual } from 'node:util'
import { deadlineOf, limitOf, type Rules } from './limit.ts'
import type { Outage } from './listening.ts'
import { hasOverdue, type Runs, runDeadlineOf, runLimitOf } from './runs.ts'
import type { Schedule } from './schedule.ts'
import { isVerdictOld, type Outcome, type ServiceState, turned } from './transition.ts'

/** The settings that decide when a service is down. */
export const DECLARED = [
  'schedule',
  'graceMs',
  'deadAfterMs',
  'sinceFirstHeartbeat',
  'maxRunMs',
  'failuresTolerated',
] as const

type Declared = Pick<ServiceState, (typeof DECLARED)[number]>

/**
 * A service with new settings. No due time before the edit is held against it: a cron line counts from the edit, and so
 * does a shorter period. A longer period, or a longer grace alone, still counts from the last sign of life.
 */
export function withSettings(before: ServiceState, declared: Declared, nowMs: number, rules: Rules): ServiceState {
  const after = { ...before, ...Object.fromEntries(DECLARED.map((name) => [name, declared[name]])) } as ServiceState
  const scheduledSince = keepsItsPlace(before, after, rules) ? before.scheduledSince : since(after, nowMs)
  return { ...after, scheduledSince, runs: runsAfterEdit(before, after, nowMs, rules) }
}

/** A shorter limit of open runs counts from the edit. With a longer one, a run may have time again. */
function runsAfterEdit(before: ServiceState, after: ServiceState, nowMs: number, rules: Rules): Runs | null {
  const { runs } = before
  const limitMs = runLimitOf(after, rules) ?? Number.POSITIVE_INFINITY
  const oldMs = runLimitOf(before, rules) ?? Number.POSITIVE_INFINITY
  if (runs === null || limitMs === oldMs) return runs
  const open = runs.open.map((run) => {
    if (limitMs < oldMs) return run.isOverdue ? run : { ...run, countsFrom: nowMs }
    const longer = { ...run, countsFrom: Math.max(run.startedAt, before.resumedAt ?? run.startedAt) }
    const deadline = runDeadlineOf(longer, after, rules, [])
    return deadline === null || deadline >= nowMs ? { ...longer, isOverdue: false } : run
  })
  return { ...runs, open }
}

/**
 * Judges a service at once by its new settings. An edit is no recovery: what is down or dead stays so if its silence
 * would be too long by the new settings, too, or if nothing but the edit speaks for it.
 */
export function afterSettings(
  before: ServiceState,
  state: ServiceState,
  { nowMs, rules, outages }: { nowMs: number; rules: Rules; outages: readonly Outage[] },
): Outcome {
  const unchanged = { state, changes: [] }
  if (state.pausedAt !== null || state.failing || hasOverdue(state) || isVerdictOld(state)) return unchanged
  const deadline = deadlineOf(state, rules, outages)
  const calm = state.lastHeartbeatAt === null || deadline === null ? 'unknown' : 'alive'
  if (state.status === 'down' || state.status === 'dead') {
    // The edit moves the deadlines of what is in time, so the silence counts from where it did before.
    const without = deadlineOf({ ...state, scheduledSince: before.scheduledSince }, rules, outages)
    const isInTime = without === null ? hasOverdue(before) : nowMs <= without
    return isInTime ? turned(state, calm, nowMs, 'schedule') : unchanged
  }
  if (deadline !== null && nowMs > deadline) {
    return state.status === 'alive'
      ? unchanged
      : turned(state, 'down', Math.max(deadline, state.statusSince), 'silence')
  }
  if (deadline === null && state.status !== 'alive') return unchanged
  return state.status === calm ? unchanged : turned(state, calm, nowMs, 'schedule')
}

const since = ({ schedule }: ServiceState, nowMs: number): number | null => (schedule === null ? null : nowMs)

function keepsItsPlace(before: ServiceState, after: ServiceState, rules: Rules): boolean {
  const [old, declared] = [before.schedule, after.schedule]
  if (isDeepStrictEqual(old, declared)) return true
  if (declared === null || (before.sinceFirstHeartbeat && after.lastHeartbeatAt === null)) return false
  if (declared.kind === 'cron') return hasSameTimes(old, declared) && old.graceMs <= declared.graceMs
  const oldLimitMs = old?.kind === 'cron' ? null : limitOf(before, rules)
  return oldLimitMs !== null && oldLimitMs <= (limitOf(after, rules) ?? 0)
}

const hasSameTimes = (old: Schedule | null, declared: Extract<Schedule, { kind: 'cron' }>): old is Schedule =>
  old?.kind === 'cron' && old.expression === declared.expression && old.timezone === declared.timezone
