import type { HeartbeatKind } from '../../db/schema.ts'
import { HEARTBEATS_NEEDED, median, withGap } from './cadence.ts'
import type { Rules } from './limit.ts'
import { listenedFor, type Outage, spansOutage } from './listening.ts'
import { hasOverdue, withEnd, withHeartbeat, withStart } from './runs.ts'
import { afterSilence, isVerdictOld, type Outcome, type ServiceState, turned, withCause } from './transition.ts'

/** What a signal says that decides something. */
export interface SignalSeen {
  kind: HeartbeatKind
  /** When it was received, in epoch milliseconds. */
  at: number
  /** To which run it belongs, if the client named one. */
  runId?: string | null
  /** How long the run took, if the client says so. */
  durationMs?: number | null
}

/** Decides what one signal does to a service, after the silence before it has been judged. */
export function afterSignal(
  state: ServiceState,
  signal: SignalSeen,
  rules: Rules,
  outages: readonly Outage[],
): Outcome {
  const before = afterSilence(state, signal.at, rules, outages)
  const after = signalled(before.state, signal, rules, outages)
  return before.changes.length === 0 ? after : { state: after.state, changes: [...before.changes, ...after.changes] }
}

function signalled(state: ServiceState, signal: SignalSeen, rules: Rules, outages: readonly Outage[]): Outcome {
  const { kind, at, runId = null, durationMs = null } = signal
  switch (kind) {
    case 'log':
      return { state, changes: [] }
    case 'start':
      return { state: { ...state, runs: withStart(state.runs, { at, runId }) }, changes: [] }
    case 'fail':
    case 'success': {
      const runs = withEnd(state, { kind, at, runId, durationMs }, rules, outages)
      return kind === 'fail' ? afterFail({ ...state, runs }, at) : afterHeartbeat({ ...state, runs }, at, outages)
    }
    default: {
      const runs = withHeartbeat(state, at, rules, outages)
      return afterHeartbeat(runs === state.runs ? state : { ...state, runs }, at, outages)
    }
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
    failsInRow: 0,
    lastHeartbeatAt: last === null ? at : Math.max(last, at),
    silenceSince: Math.max(before.silenceSince, at),
    pausedAt: unpaused ? null : before.pausedAt,
    pauseUntilHeartbeat: unpaused ? false : before.pauseUntilHeartbeat,
    resumedAt: unpaused ? at : before.resumedAt,
    pausedMs: 0,
  }
  return recovered(state, at)
}

/** A heartbeat makes a service alive, unless a run of it still hangs. */
function recovered(state: ServiceState, at: number): Outcome {
  if (state.status === 'alive' || hasOverdue(state)) return { state, changes: [] }
  if (state.status !== 'unknown') return turned(state, 'alive', at, 'heartbeat')
  if (state.pausedAt !== null) return { state, changes: [] }
  if (state.schedule) return turned(state, 'alive', at, 'schedule')
  return state.cadenceMs === null ? { state, changes: [] } : turned(state, 'alive', at, 'learned')
}

/** A failure is a sign of life but no heartbeat: it restarts the silence, and teaches no cadence. */
function afterFail(before: ServiceState, at: number): Outcome {
  const heard = { ...before, silenceSince: Math.max(before.silenceSince, at) }
  if (heard.pausedAt !== null) return { state: heard, changes: [] }
  const failed = { ...heard, failsInRow: heard.failsInRow + 1 }
  if (failed.status !== 'down' && failed.failsInRow < failed.failuresTolerated) return { state: failed, changes: [] }
  const state = { ...failed, failing: true }
  if (state.status !== 'down' || isVerdictOld(state)) return turned(state, 'down', at, 'fail')
  return { state, changes: [withCause(state, at, 'fail')] }
}

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
export const pausedFor = ({ pausedAt, lastHeartbeatAt }: ServiceState, nowMs: number): number =>
  pausedAt === null ? 0 : Math.max(0, nowMs - Math.max(pausedAt, lastHeartbeatAt ?? pausedAt))

const unheardFor = (fromMs: number, toMs: number, outages: readonly Outage[]): number =>
  spansOutage(fromMs, toMs, outages) ? toMs - fromMs - listenedFor(fromMs, toMs, outages) : 0
