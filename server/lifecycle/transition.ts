import type { HeartbeatKind, Status } from '../../db/schema.ts'
import { HEARTBEATS_NEEDED, median, withGap } from './cadence.ts'
import { deadAtOf, deadlineOf, type Rules } from './limit.ts'
import { type Outage, spansOutage } from './listening.ts'
import type { Schedule } from './schedule.ts'

/** What the monitor knows of a service; times in epoch milliseconds. */
export interface ServiceState {
  schedule: Schedule | null
  deadAfterMs: number | null
  status: Status
  statusSince: number
  heartbeatCount: number
  lastHeartbeatAt: number | null
  /** From when silence counts: the last heartbeat or failure, the registration or the end of a pause, whichever came last. */
  silenceSince: number
  gaps: readonly number[]
  cadenceMs: number | null
  /** The newest verdict was a `fail` signal, which only a heartbeat takes back. */
  failing: boolean
  pausedAt: number | null
  pauseUntilHeartbeat: boolean
  resumedAt: number | null
}

export interface Change {
  from: Status
  to: Status
  at: number
  reason: 'silence' | 'fail' | 'heartbeat' | 'learned' | 'schedule' | 'pause' | 'resume'
  /** From when the silence counted that had lasted until then. */
  silentSince: number
}

export interface Outcome {
  state: ServiceState
  changes: Change[]
}

/** What a service's silence has done to it by now. */
export function afterSilence(state: ServiceState, nowMs: number, rules: Rules, outages: readonly Outage[]): Outcome {
  if (state.pausedAt !== null || state.status === 'dead') return { state, changes: [] }
  const changes: Change[] = []
  let status: Status = state.status
  let { statusSince } = state
  const turn = (to: Status, at: number) => {
    changes.push({ from: status, to, at, reason: 'silence', silentSince: state.silenceSince })
    status = to
    statusSince = at
  }
  if (status === 'alive') {
    const deadline = deadlineOf(state, rules, outages)
    if (deadline !== null && nowMs > deadline) turn('down', Math.max(deadline, statusSince))
  }
  if (canDie({ ...state, status })) {
    const deadAt = deadAtOf(state, rules, outages)
    if (nowMs > deadAt) turn('dead', Math.max(deadAt, statusSince))
  }
  return { state: changes.length > 0 ? { ...state, status, statusSince } : state, changes }
}

/** What one signal does to a service, after what its silence until then has done. */
export function afterSignal(
  state: ServiceState,
  signal: { kind: HeartbeatKind; at: number },
  rules: Rules,
  outages: readonly Outage[],
): Outcome {
  const before = afterSilence(state, signal.at, rules, outages)
  const after = signalled(before.state, signal, outages)
  return before.changes.length === 0 ? after : { state: after.state, changes: [...before.changes, ...after.changes] }
}

function signalled(
  state: ServiceState,
  { kind, at }: { kind: HeartbeatKind; at: number },
  outages: readonly Outage[],
): Outcome {
  switch (kind) {
    case 'start':
    case 'log':
      return { state, changes: [] }
    case 'fail':
      return afterFail(state, at)
    default:
      return afterHeartbeat(state, at, outages)
  }
}

function afterHeartbeat(before: ServiceState, at: number, outages: readonly Outage[]): Outcome {
  const heartbeatCount = before.heartbeatCount + 1
  const last = before.lastHeartbeatAt
  const gaps =
    last !== null && at > last && !spansPause(before, last) && !spansOutage(last, at, outages)
      ? withGap(before.gaps, at - last)
      : before.gaps
  const unpaused = before.pausedAt !== null && before.pauseUntilHeartbeat
  const state: ServiceState = {
    ...before,
    heartbeatCount,
    gaps,
    cadenceMs: heartbeatCount >= HEARTBEATS_NEEDED ? median(gaps) : null,
    failing: false,
    lastHeartbeatAt: last === null ? at : Math.max(last, at),
    silenceSince: Math.max(before.silenceSince, at),
    pausedAt: unpaused ? null : before.pausedAt,
    pauseUntilHeartbeat: unpaused ? false : before.pauseUntilHeartbeat,
    resumedAt: unpaused ? at : before.resumedAt,
  }
  if (state.pausedAt !== null || state.status === 'alive') return { state, changes: [] }
  if (state.status !== 'unknown') return turned(state, 'alive', at, 'heartbeat')
  if (state.schedule) return turned(state, 'alive', at, 'schedule')
  return state.cadenceMs === null ? { state, changes: [] } : turned(state, 'alive', at, 'learned')
}

/** A failure is no heartbeat, but it is a sign of life: it moves the silence, not the cadence. */
function afterFail(before: ServiceState, at: number): Outcome {
  const silenceSince = Math.max(before.silenceSince, at)
  if (before.pausedAt !== null) return { state: { ...before, silenceSince }, changes: [] }
  const state = { ...before, failing: true, silenceSince }
  return state.status === 'down' ? { state, changes: [] } : turned(state, 'down', at, 'fail')
}

/** From now on the service is not judged; an incident that was open ends here. */
export function afterPause(before: ServiceState, nowMs: number, untilHeartbeat: boolean): Outcome {
  const state = { ...before, failing: false, pausedAt: before.pausedAt ?? nowMs, pauseUntilHeartbeat: untilHeartbeat }
  if (state.status !== 'down' && state.status !== 'dead') return { state, changes: [] }
  return turned(state, statusUnsilenced(state), nowMs, 'pause')
}

/** Judged again from now on, as if it had just been heard. */
export function afterResume(before: ServiceState, nowMs: number): Outcome {
  if (before.pausedAt === null) return { state: before, changes: [] }
  const silenceSince = Math.max(nowMs, before.silenceSince)
  const state = { ...before, pausedAt: null, pauseUntilHeartbeat: false, resumedAt: nowMs, silenceSince }
  const status = statusUnsilenced(state)
  return status === state.status ? { state, changes: [] } : turned(state, status, nowMs, 'resume')
}

/** What a service is that is not silent at all. */
function statusUnsilenced({ status, schedule, cadenceMs, lastHeartbeatAt }: ServiceState): 'alive' | 'unknown' {
  const isExpected = lastHeartbeatAt !== null && (schedule !== null || cadenceMs !== null)
  return isExpected || status === 'alive' ? 'alive' : 'unknown'
}

/** What a new or cleared schedule does: the service is judged by it at once. */
export function afterSettings(state: ServiceState, nowMs: number, rules: Rules, outages: readonly Outage[]): Outcome {
  if (state.pausedAt !== null || state.failing || state.lastHeartbeatAt === null) return { state, changes: [] }
  const deadline = deadlineOf(state, rules, outages)
  if (deadline === null) {
    return state.status === 'alive' ? turned(state, 'unknown', nowMs, 'schedule') : { state, changes: [] }
  }
  if (state.status !== 'alive' && nowMs <= deadline) return turned(state, 'alive', nowMs, 'schedule')
  if (state.status === 'unknown') return turned(state, 'down', Math.max(deadline, state.statusSince), 'silence')
  return { state, changes: [] }
}

/** The moment after which silence alone next changes the status, as if the monitor never missed a moment; `null` for never. */
export function nextChangeAt(state: ServiceState, rules: Rules, outages: readonly Outage[]): number | null {
  if (state.pausedAt !== null || state.status === 'dead') return null
  const deadline = state.status === 'alive' ? deadlineOf(state, rules, outages) : null
  return deadline ?? deadAtOf(state, rules, outages)
}

/** An alive service goes down first, unless nothing is known that it could be late for. */
function canDie({ status, schedule, cadenceMs }: ServiceState): boolean {
  return status !== 'alive' || (schedule === null && cadenceMs === null)
}

function spansPause(state: ServiceState, lastHeartbeatAt: number): boolean {
  return state.pausedAt !== null || (state.resumedAt !== null && state.resumedAt > lastHeartbeatAt)
}

function turned(state: ServiceState, to: Status, at: number, reason: Change['reason']): Outcome {
  // Servers' clocks differ a little, and heartbeats wait a little: still no status lasts for less than no time.
  const since = Math.max(at, state.statusSince)
  const change: Change = { from: state.status, to, at: since, reason, silentSince: state.silenceSince }
  return { state: { ...state, status: to, statusSince: since }, changes: [change] }
}
