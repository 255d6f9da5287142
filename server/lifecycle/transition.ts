import type { Status } from '../../db/schema.ts'
import { deadAtOf, deadlineOf, isExpected, type Rules } from './limit.ts'
import type { Outage } from './listening.ts'
import { type OpenRun, type Runs, runDeadlines, runLimitOf, usualRunMs, withOverdue } from './runs.ts'
import type { Schedule } from './schedule.ts'

/** What the monitor knows of a service; times in epoch milliseconds. */
export interface ServiceState {
  schedule: Schedule | null
  graceMs: number | null
  deadAfterMs: number | null
  sinceFirstHeartbeat: boolean
  /** How long a run may take, as declared. */
  maxRunMs: number | null
  status: Status
  statusSince: number
  heartbeatCount: number
  lastHeartbeatAt: number | null
  /** When the silence began: at the last heartbeat or failure, registration or end of a pause, whichever came last. */
  silenceSince: number
  gaps: readonly number[]
  cadenceMs: number | null
  /** It is down by failed runs (`fail`). A heartbeat or a pause clears this. */
  failing: boolean
  /** How many runs have failed since the last heartbeat or success. */
  failsInRow: number
  /** So many make it down. */
  failuresTolerated: number
  pausedAt: number | null
  pauseUntilHeartbeat: boolean
  resumedAt: number | null
  /** How long it was paused since its last heartbeat, up to the last resume. */
  pausedMs: number
  /** Gaps that could not be learned while the cadence was not known yet. */
  gapsLost: number
  /** From when its schedule counts, if that is later than its last sign of life. */
  scheduledSince: number | null
  /** `null` until the first signal of a run. */
  runs: Runs | null
}

export interface Change {
  from: Status
  to: Status
  at: number
  reason: 'silence' | 'fail' | 'run' | 'heartbeat' | 'learned' | 'schedule' | 'pause' | 'resume'
  /** The service's `silenceSince` at that moment; for a run that has not ended, when that run started. */
  silentSince: number
  /** It was down already, so this is no transition; but it may be another cause of its incident. */
  isCause?: true
  /** By which run that has not ended: how long one usually takes, the longest that is declared, and its limit. */
  run?: { usualMs: number | null; maxMs: number | null; limitMs: number | null }
}

export interface Outcome {
  state: ServiceState
  changes: Change[]
}

/** Decides what silence, and runs that do not end, have done to a service by now. */
export function afterSilence(before: ServiceState, nowMs: number, rules: Rules, outages: readonly Outage[]): Outcome {
  if (before.pausedAt !== null) return { state: before, changes: [] }
  const changes: Change[] = []
  let state = before
  const follow = (outcome: Outcome) => {
    state = outcome.state
    changes.push(...outcome.changes)
  }
  for (const { deadline, run } of deadlines(before, rules, outages)) {
    if (nowMs <= deadline) break
    if (run) follow(afterLateRun(state, run, deadline, rules))
    else if (isJudged(state)) follow(turned(state, 'down', deadline, 'silence'))
  }
  if (state.status !== 'dead' && canDie(state)) {
    const deadAt = deadAtOf(state, rules, outages)
    if (nowMs > deadAt) follow(turned(state, 'dead', deadAt, 'silence'))
  }
  return { state, changes }
}

/** The moment after which silence or an open run changes something; `null` for never. An outage can only delay it. */
export function nextChangeAt(state: ServiceState, rules: Rules, outages: readonly Outage[]): number | null {
  if (state.pausedAt !== null) return null
  const next = deadlines(state, rules, outages)[0]?.deadline ?? null
  if (state.status === 'dead' || !canDie(state)) return next
  return Math.min(next ?? Number.POSITIVE_INFINITY, deadAtOf(state, rules, outages))
}

/** The moment after which a service is down; `null` if it is so already, or nothing can make it so. */
export function downAtOf(state: ServiceState, rules: Rules, outages: readonly Outage[]): number | null {
  if (state.pausedAt !== null || (state.status === 'down' && !isVerdictOld(state))) return null
  return deadlines(state, rules, outages)[0]?.deadline ?? null
}

/** Changes the status at a moment. */
export function turned(state: ServiceState, to: Status, at: number, reason: Change['reason']): Outcome {
  // Servers' clocks differ a little, and heartbeats wait a little. Even so, no status may end before it began.
  const since = Math.max(at, state.statusSince)
  const change: Change = { from: state.status, to, at: since, reason, silentSince: state.silenceSince }
  return { state: { ...state, status: to, statusSince: since }, changes: [change] }
}

/** The cause of a service that is down already is another one. */
export const withCause = (state: ServiceState, at: number, reason: 'fail' | 'run'): Change => ({
  ...{ from: 'down', to: 'down', at: Math.max(at, state.statusSince), reason },
  ...{ silentSince: state.silenceSince, isCause: true },
})

/**
 * Whether a service is down by a verdict from before a pause. Its incident ended with the pause, so that the next
 * deadline makes it down anew.
 */
export const isVerdictOld = (state: ServiceState): boolean => state.status === 'down' && wasPausedSince(state)

/** Whether it has been paused since its status began. */
export const wasPausedSince = ({ statusSince, pausedAt, resumedAt }: ServiceState): boolean =>
  pausedAt !== null || (resumedAt !== null && resumedAt > statusSince)

/** Whether silence can make a service down: it is alive, or it waits for a first heartbeat that was promised. */
const isJudged = (state: ServiceState): boolean =>
  state.status === 'alive' || (state.status === 'unknown' && isExpected(state)) || isVerdictOld(state)

/** A service that can be late goes down before it can die. */
const canDie = (state: ServiceState): boolean => !isJudged(state) || !isExpected(state)

/** The deadlines that can make a service down, or give it another cause, in their order: its silence's and its runs'. */
function deadlines(state: ServiceState, rules: Rules, outages: readonly Outage[]) {
  const silence = isJudged(state) ? deadlineOf(state, rules, outages) : null
  const ofRuns: { deadline: number; run: OpenRun | null }[] = runDeadlines(state, rules, outages)
  if (silence === null) return ofRuns
  return [...ofRuns, { deadline: silence, run: null }].sort((a, b) => a.deadline - b.deadline)
}

function afterLateRun(before: ServiceState, run: OpenRun, deadline: number, rules: Rules): Outcome {
  const state = { ...before, runs: withOverdue(before.runs, run) }
  // A limit that was learned or edited meanwhile holds nothing against the time before.
  const at = Math.max(deadline, state.silenceSince)
  const isDown = state.status === 'down' && !isVerdictOld(state)
  const outcome = isDown ? { state, changes: [withCause(state, at, 'run')] } : turned(state, 'down', at, 'run')
  const limits = { usualMs: usualRunMs(state.runs), maxMs: state.maxRunMs, limitMs: runLimitOf(state, rules) }
  const changes = outcome.changes.map((change) => ({ ...change, silentSince: run.startedAt, run: limits }))
  return { ...outcome, changes }
}
