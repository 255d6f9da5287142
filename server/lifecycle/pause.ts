import { countingFrom } from './runs.ts'
import { pausedFor } from './signal.ts'
import { type Outcome, type ServiceState, turned, wasPausedSince } from './transition.ts'

/** Pauses a service: it is not judged from now on, and an open incident ends. Its status stays, which is no recovery. */
export function afterPause(before: ServiceState, nowMs: number, untilHeartbeat: boolean): Outcome {
  const state = {
    ...before,
    failing: false,
    failsInRow: 0,
    pausedAt: before.pausedAt ?? nowMs,
    pauseUntilHeartbeat: untilHeartbeat,
  }
  const { status } = before
  if ((status !== 'down' && status !== 'dead') || wasPausedSince(before)) return { state, changes: [] }
  const change = { from: status, to: status, at: nowMs, reason: 'pause' as const, silentSince: before.silenceSince }
  return { state, changes: [change] }
}

/**
 * Resumes a service: it is judged again, as if it had just been heard. One that was down or dead stays so until it is
 * heard; and one that was down goes down anew by the next deadline.
 */
export function afterResume(before: ServiceState, nowMs: number): Outcome {
  if (before.pausedAt === null) return { state: before, changes: [] }
  const state = {
    ...before,
    pausedAt: null,
    pauseUntilHeartbeat: false,
    resumedAt: nowMs,
    pausedMs: before.pausedMs + pausedFor(before, nowMs),
    silenceSince: before.status === 'dead' ? before.silenceSince : Math.max(nowMs, before.silenceSince),
    runs: countingFrom(before.runs, nowMs),
  }
  const { status, schedule, cadenceMs, lastHeartbeatAt } = state
  // The heartbeats of the pause have told enough.
  const isKnown = status === 'unknown' && lastHeartbeatAt !== null && (schedule !== null || cadenceMs !== null)
  return isKnown ? turned(state, 'alive', nowMs, 'resume') : { state, changes: [] }
}
