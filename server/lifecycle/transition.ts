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
  /** When the silence began: at the last heartbeat or failure, registration or end of a pause, whichever came last. */
  silenceSince: number
  gaps: readonly number[]
  cadenceMs: number | null
  /** The last run failed (`fail`). A heartbeat or a pause clears this. */
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
  /** The service's `silenceSince` at that moment. */
  silentSince: number
}

export interface Outcome {
  state: ServiceState
  changes: Change[]
}

/** Decides what silence has done to a service by now. */
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

/** Decides what one signal does to a service, after the silence before it has been judged. */
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

/** A failure is a sign of life but no heartbeat: it restarts the silence, and teaches no cadence. */
function afterFail(before: ServiceState, at: number): Outcome {
  const silenceSince = Math.max(before.silenceSince, at)
  if (before.pausedAt !== null) return { state: { ...before, silenceSince }, changes: [] }
  const state = { ...before, failing: true, silenceSince }
  return state.status === 'down' ? { state, changes: [] } : turned(state, 'down', at, 'fail')
}

/** Pauses a service: it is not judged from now on, and an open incident ends. */
export function afterPause(before: ServiceState, nowMs: number, untilHeartbeat: boolean): Outcome {
  const state = { ...before, failing: false, pausedAt: before.pausedAt ?? nowMs, pauseUntilHeartbeat: untilHeartbeat }
  if (state.status !== 'down' && state.status !== 'dead') return { state, changes: [] }
  return turned(state, statusUnsilenced(state), nowMs, 'pause')
}

/** Resumes a service: it is judged again from now on, as if it had just been heard. */
export function afterResume(before: ServiceState, nowMs: number): Outcome {
  if (before.pausedAt === null) return { state: before, changes: [] }
  const silenceSince = Math.max(nowMs, before.silenceSince)
  const state = { ...before, pausedAt: null, pauseUntilHeartbeat: false, resumedAt: nowMs, silenceSince }
  const status = statusUnsilenced(state)
  return status === state.status ? { state, changes: [] } : turned(state, status, nowMs, 'resume')
}

/** The status after a pause begins or ends, which clears the silence. */
function statusUnsilenced({ status, schedule, cadenceMs, lastHeartbeatAt }: ServiceState): 'alive' | 'unknown' {
  const isExpected = lastHeartbeatAt !== null && (schedule !== null || cadenceMs !== null)
  return isExpected || status === 'alive' ? 'alive' : 'unknown'
}

/** Judges a service at once by its new or cleared schedule. */
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

/** The moment after which silence alone changes the status; `null` for never. An outage left out can only delay it. */
export function nextChangeAt(state: ServiceState, rules: Rules, outages: readonly Outage[]): number | null {
  if (state.pausedAt !== null || state.status === 'dead') return null
  const deadline = state.status === 'alive' ? deadlineOf(state, rules, outages) : null
  return deadline ?? deadAtOf(state, rules, outages)
}

/** An alive service goes down before it can die, unless it has no rhythm to be late for. */
function canDie({ status, schedule, cadenceMs }: ServiceState): boolean {
  return status !== 'alive' || (schedule === null && cadenceMs === null)
}

function spansPause(state: ServiceState, lastHeartbeatAt: number): boolean {
  return state.pausedAt !== null || (state.resumedAt !== null && state.resumedAt > lastHeartbeatAt)
}

function turned(state: ServiceState, to: Status, at: number, reason: Change['reason']): Outcome {
  // Servers' clocks differ a little, and heartbeats wait a little. Even so, no status may end before it began.
  const since = Math.max(at, state.statusSince)
  const change: Change = { from: state.status, to, at: since, reason, silentSince: state.silenceSince }
  return { state: { ...state, status: to, statusSince: since }, changes: [change] }
}
