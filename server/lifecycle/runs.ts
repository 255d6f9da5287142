import { MINUTE_MS } from '../../db/units.ts'
import { median } from './cadence.ts'
import type { Rules } from './limit.ts'
import { afterListening, listenedFor, type Outage } from './listening.ts'
import type { Schedule } from './schedule.ts'

/** A run that has begun and not ended; times in epoch milliseconds. */
export interface OpenRun {
  /** `null`: the client named none. Such runs of a service cannot be told apart, and count as one. */
  id: string | null
  startedAt: number
  /** The newest start under the same id: a job that dies without a word begins again. */
  restartedAt: number
  /** From when its limit counts: its start, or a later end of a pause or edit of the limit. */
  countsFrom: number
  /** Its deadline has passed, and the service is down by it. */
  isOverdue: boolean
}

/** What is known of a service's runs. It is stored as JSON. */
export interface Runs {
  /** Oldest first. */
  open: readonly OpenRun[]
  /** How long the newest ended runs took, in milliseconds, oldest first. */
  tookMs: readonly number[]
  newestStartAt: number | null
  /** The run that ended last, if its start is known. */
  lastEnded: { startedAt: number; endedAt: number } | null
  /** A run has been ended by a success or a failure. */
  hasVerdicts: boolean
  hasFailed: boolean
}

/** What a run's deadline depends on. */
export interface RunService {
  runs: Runs | null
  maxRunMs: number | null
  schedule: Schedule | null
}

/** A signal of a run: `runId` as the client named it, and how long the client says that it took. */
export interface RunSignal {
  at: number
  runId: string | null
  durationMs: number | null
}

const NO_RUNS: Runs = {
  open: [],
  tookMs: [],
  newestStartAt: null,
  lastEnded: null,
  hasVerdicts: false,
  hasFailed: false,
}

const MOST_OPEN = 20
const TOOK_KEPT = 20
/** From this many ended runs on, it is known how long a run may take. */
const RUNS_NEEDED = 3
const LEAST_LEARNED_MS = MINUTE_MS

/** How long a run may take, in milliseconds: as declared, as learned, or the schedule's grace; `null`: not known. */
export function runLimitOf({ runs, maxRunMs, schedule }: RunService, rules: Rules): number | null {
  if (maxRunMs !== null) return maxRunMs
  if (isLearned(runs)) return Math.max(LEAST_LEARNED_MS, 2 * Math.max(...runs.tookMs))
  return schedule === null ? null : Math.max(rules.minSilenceMs, schedule.graceMs)
}

/** How long a run usually takes: the median of the newest; `null` while that is not known. */
export const usualRunMs = (runs: Runs | null): number | null => (isLearned(runs) ? median(runs.tookMs) : null)

/** The moment after which an open run makes its service down, or `null` if nothing says how long it may take. */
export function runDeadlineOf(
  run: OpenRun,
  service: RunService,
  rules: Rules,
  outages: readonly Outage[],
): number | null {
  const limitMs = runLimitOf(service, rules)
  if (limitMs === null || mayHaveEndedUnheard(run, service, outages)) return null
  return afterListening(run.countsFrom, limitMs, outages)
}

/** The open runs that make their service down when their deadline passes, each with its deadline, the first first. */
export function runDeadlines(service: RunService, rules: Rules, outages: readonly Outage[]) {
  const runs = service.runs?.open.filter(({ isOverdue }) => !isOverdue) ?? []
  return runs
    .map((run) => ({ run, deadline: runDeadlineOf(run, service, rules, outages) }))
    .filter((one): one is { run: OpenRun; deadline: number } => one.deadline !== null)
    .sort((a, b) => a.deadline - b.deadline)
}

export const hasOverdue = ({ runs }: Pick<RunService, 'runs'>): boolean =>
  runs?.open.some(({ isOverdue }) => isOverdue) ?? false

export function withStart(runs: Runs | null, { at, runId }: Pick<RunSignal, 'at' | 'runId'>): Runs {
  const { open, ...others } = runs ?? NO_RUNS
  const newestStartAt = Math.max(others.newestStartAt ?? at, at)
  const begun = { id: runId, startedAt: at, restartedAt: at, countsFrom: at, isOverdue: false }
  const isOpen = open.some(({ id }) => id === runId)
  const all = isOpen ? open.map((run) => (run.id === runId ? { ...run, restartedAt: at } : run)) : [...open, begun]
  // The oldest stays: its deadline is the first to pass.
  return { ...others, newestStartAt, open: all.length > MOST_OPEN ? [...all.slice(0, 1), ...all.slice(2)] : all }
}

/** Ends a run by a success or a failure. A success also settles older runs that are overdue or can not be judged. */
export function withEnd(
  service: RunService & { deadAfterMs: number | null },
  signal: RunSignal & { kind: 'success' | 'fail' },
  rules: Rules,
  outages: readonly Outage[],
): Runs {
  const before = service.runs ?? NO_RUNS
  const isSuccess = signal.kind === 'success'
  const ended = ending(before, signal, isSuccess)
  const begunAt = ended.lastEnded?.startedAt ?? signal.at
  const isSettled = (run: OpenRun) =>
    isSuccess && run.startedAt < begunAt && (run.isOverdue || mayHaveEndedUnheard(run, service, outages))
  return {
    ...ended,
    open: ended.open.filter((run) => !isSettled(run) && !isForgotten(run, service, signal.at, rules, outages)),
    hasVerdicts: true,
    hasFailed: before.hasFailed || !isSuccess,
  }
}

/**
 * A plain heartbeat lies within a run, and does not end it. But until the service has ended a run by a success or a
 * failure, it may know no other end than a heartbeat, as with other monitors.
 */
export function withHeartbeat(
  service: RunService & { deadAfterMs: number | null },
  at: number,
  rules: Rules,
  outages: readonly Outage[],
): Runs | null {
  const { runs, maxRunMs } = service
  if (runs === null || runs.open.length === 0) return runs
  const isEnd = maxRunMs === null && !runs.hasVerdicts && runs.open.some(({ id }) => id === null)
  const after = isEnd ? ending(runs, { at, runId: null, durationMs: null }, true) : runs
  const open = after.open.filter((run) => !isForgotten(run, service, at, rules, outages))
  return open.length === after.open.length ? after : { ...after, open }
}

/** Lets the limits of open runs count anew from a moment: after a pause, or an edit of the limit. */
export function countingFrom(runs: Runs | null, at: number): Runs | null {
  if (runs === null || runs.open.length === 0) return runs
  return { ...runs, open: runs.open.map((run) => ({ ...run, countsFrom: at, isOverdue: false })) }
}

export const withOverdue = (runs: Runs | null, overdue: OpenRun): Runs | null =>
  runs && { ...runs, open: runs.open.map((run) => (run === overdue ? { ...run, isOverdue: true } : run)) }

const isLearned = (runs: Runs | null): runs is Runs => runs !== null && runs.tookMs.length >= RUNS_NEEDED

function ending(runs: Runs, { at, runId, durationMs }: RunSignal, isSuccess: boolean): Runs {
  const run = runs.open.find(({ id }) => id === runId)
  // A run that hung until somebody killed it says nothing of how long runs take.
  const took = run?.isOverdue && !isSuccess ? null : (durationMs ?? (run ? at - run.restartedAt : null))
  const startedAt = durationMs === null ? run?.restartedAt : at - durationMs
  return {
    ...runs,
    open: runs.open.filter((one) => one !== run),
    tookMs: took === null ? runs.tookMs : [...runs.tookMs, Math.max(0, Math.round(took))].slice(-TOOK_KEPT),
    lastEnded: startedAt === undefined ? null : { startedAt: Math.round(startedAt), endedAt: at },
  }
}

/**
 * Whether the end of a run may have come while the monitor was not listening: it was away for a tenth or more of the time
 * in which such a run usually ends. Then nobody can say whether the run hangs.
 */
export function mayHaveEndedUnheard(
  { restartedAt }: OpenRun,
  service: RunService,
  outages: readonly Outage[],
): boolean {
  const { runs, maxRunMs } = service
  if (maxRunMs !== null || !isLearned(runs)) return false
  const fromMs = restartedAt + Math.min(...runs.tookMs)
  const toMs = Math.max(restartedAt + Math.max(...runs.tookMs), fromMs + 1)
  const unheardMs = toMs - fromMs - listenedFor(fromMs, toMs, outages)
  return unheardMs > 0 && unheardMs * 10 >= toMs - fromMs
}

/** A run that nothing can judge is forgotten after the time after which a silent service is dead. */
function isForgotten(
  run: OpenRun,
  service: RunService & { deadAfterMs: number | null },
  at: number,
  rules: Rules,
  outages: readonly Outage[],
): boolean {
  if (run.isOverdue || at - run.startedAt <= (service.deadAfterMs ?? rules.deadAfterMs)) return false
  return runDeadlineOf(run, service, rules, outages) === null
}
