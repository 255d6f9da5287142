import { isDeepStrictEqual } from 'node:util'
import { limitOf, type Rules } from './limit.ts'
import type { Schedule } from './schedule.ts'
import type { ServiceState } from './transition.ts'

type Declared = Pick<ServiceState, 'schedule' | 'graceMs' | 'deadAfterMs' | 'sinceFirstHeartbeat'>

/**
 * A service with new settings. No due time before the edit is held against it: a cron line counts from the edit, and so
 * does a shorter period. A longer period, or a longer grace alone, still counts from the last sign of life.
 */
export function withSettings(before: ServiceState, declared: Declared, nowMs: number, rules: Rules): ServiceState {
  const { schedule, graceMs, deadAfterMs, sinceFirstHeartbeat } = declared
  const after = { ...before, schedule, graceMs, deadAfterMs, sinceFirstHeartbeat }
  return { ...after, scheduledSince: keepsItsPlace(before, after, rules) ? before.scheduledSince : since(after, nowMs) }
}

const since = ({ schedule }: ServiceState, nowMs: number): number | null => (schedule === null ? null : nowMs)

function keepsItsPlace(before: ServiceState, after: ServiceState, rules: Rules): boolean {
  const [old, declared] = [before.schedule, after.schedule]
  if (isDeepStrictEqual(old, declared)) return true
  if (declared === null || after.lastHeartbeatAt === null) return false
  if (declared.kind === 'cron') return hasSameTimes(old, declared) && old.graceMs <= declared.graceMs
  const oldLimitMs = old?.kind === 'cron' ? null : limitOf(before, rules)
  return oldLimitMs !== null && oldLimitMs <= (limitOf(after, rules) ?? 0)
}

const hasSameTimes = (old: Schedule | null, declared: Extract<Schedule, { kind: 'cron' }>): old is Schedule =>
  old?.kind === 'cron' && old.expression === declared.expression && old.timezone === declared.timezone
