import type { HeartbeatKind, Status } from '../../db/schema.ts'
import { HEARTBEATS_NEEDED, median, withGap } from './cadence.ts'
import { deadAtOf, deadlineOf, isExpected, type Rules } from './limit.ts'
import { listenedFor, type Outage, spansOutage } from './listening.ts'
import type { Schedule } from './schedule.ts'

/** What the monitor knows of a service; times in epoch milliseconds. */
export interface ServiceState {
  schedule: Schedule | null
  graceMs: number | null
  deadAfterMs: number | null
  sinceFirstHeartbeat: boolean
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
  /** How long it was paused since its last heartbeat, up to the last resume. */
  pausedMs: number
  /** Gaps that could not be learned while the cadence was not known yet. */
  gapsLost: number
  /** From when its schedule counts, if that is later than its last sign of life. */
  scheduledSince: number | null
}

export interface Change {
  from: Status
  to: Status
  at: number
  reason: 'silence' | 'fail' | 'heartbeat' | 'learned' | 'schedule' | 'pause' | 'resume'
  /** The service's `silenceSince` at that moment. */
  silentSince: number
  /** It was down already, so this is no transition; but the signal may tell another cause of its incident. */
  isCause?: true
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
  if (isJudged({ ...state, status })) {
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
  const isLost = last !== null && at > last && !canLearn(before, last, at, outages)
  const gaps = last !== null && at > last && !isLost ? withGap(before.gaps, at - last) : before.gaps
  const gapsLost = before.gapsLost + Number(isLost && before.cadenceMs === null)
  const isKnown = before.cadenceMs !== null || heartbeatCount - gapsLost >= HEARTBEATS_NEEDED
  const unpaused = before.pausedAt !== null && before.pauseUntilHeartbeat
  const state: ServiceState = {
    ...before,
    heartbeatCount,
    gaps,
    gapsLost,
    cadenceMs: isKnown ? median(gaps) : null,
    failing: false,
    lastHeartbeatAt: last === null ? at : Math.max(last, at),
    silenceSince: Math.max(before.silenceSince, at),
    pausedAt: unpaused ? null : before.pausedAt,
    pauseUntilHeartbeat: unpaused ? false : before.pauseUntilHeartbeat,
    resumedAt: unpaused ? at : before.resumedAt,
    pausedMs: 0,
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
  const failed = turned(state, 'down', at, 'fail')
  if (state.status !== 'down') return failed
  return { state, changes: failed.changes.map((change) => ({ ...change, isCause: true })) }
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
  const state = {
    ...before,
    pausedAt: null,
    pauseUntilHeartbeat: false,
    resumedAt: nowMs,
    pausedMs: before.pausedMs + pausedFor(before, nowMs),
    silenceSince,
  }
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
  if (state.pausedAt !== null || state.failing) return { state, changes: [] }
  const deadline = deadlineOf(state, rules, outages)
  const calm = state.lastHeartbeatAt === null || deadline === null ? 'unknown' : 'alive'
  if (deadline !== null && nowMs > deadline) {
    if (state.status !== 'unknown') return { state, changes: [] }
    return turned(state, 'down', Math.max(deadline, state.statusSince), 'silence')
  }
  // Nothing is known against it any more; but what is dead or down without a deadline stays so.
  if (deadline === null && state.status !== 'alive') return { state, changes: [] }
  return state.status === calm ? { state, changes: [] } : turned(state, calm, nowMs, 'schedule')
}

/** The moment after which silence alone changes the status; `null` for never. An outage left out can only delay it. */
export function nextChangeAt(state: ServiceState, rules: Rules, outages: readonly Outage[]): number | null {
  if (state.pausedAt !== null || state.status === 'dead') return null
  const deadline = isJudged(state) ? deadlineOf(state, rules, outages) : null
  return deadline ?? deadAtOf(state, rules, outages)
}

/** Whether silence can make a service down: it is alive, or it waits for a first heartbeat that was promised. */
export const isJudged = ({ status, ...service }: ServiceState): boolean =>
  status === 'alive' || (status === 'unknown' && isExpected({ status, ...service }))

/** A service that can be late goes down before it can die. */
const canDie = (service: ServiceState): boolean => !isJudged(service) || !isExpected(service)

/**
 * Whether the gap before a heartbeat teaches something. A time in which nobody listened, or the service was paused, may
 * have hidden a heartbeat; but if it is short against the gap, the gap is about as long as it seems.
 */
function canLearn(before: ServiceState, last: number, at: number, outages: readonly Outage[]): boolean {
  // An older version stored that a pause ended, and not how long it was.
  const isPauseUnknown = before.pausedMs === 0 && before.resumedAt !== null && before.resumedAt > last
  if (isPauseUnknown) return false
  const awayMs = before.pausedMs + pausedFor(before, at) + unheardFor(last, at, outages)
  return awayMs === 0 || awayMs * 10 < at - last
}

/** How long the pause that is open has lasted since it began, or since the last heartbeat. */
const pausedFor = ({ pausedAt, lastHeartbeatAt }: ServiceState, nowMs: number): number =>
  pausedAt === null ? 0 : Math.max(0, nowMs - Math.max(pausedAt, lastHeartbeatAt ?? pausedAt))

const unheardFor = (fromMs: number, toMs: number, outages: readonly Outage[]): number =>
  spansOutage(fromMs, toMs, outages) ? toMs - fromMs - listenedFor(fromMs, toMs, outages) : 0

function turned(state: ServiceState, to: Status, at: number, reason: Change['reason']): Outcome {
  // Servers' clocks differ a little, and heartbeats wait a little. Even so, no status may end before it began.
  const since = Math.max(at, state.statusSince)
  const change: Change = { from: state.status, to, at: since, reason, silentSince: state.silenceSince }
  return { state: { ...state, status: to, statusSince: since }, changes: [change] }
}
