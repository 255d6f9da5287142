import { z } from 'zod'
import { failingDeliveries, lastAnnouncedAt } from '../../db/messages.ts'
import type { Db, Trx } from '../../db/schema.ts'
import type { ServiceRow } from '../../db/serviceRows.ts'
import { eachService } from '../../db/services.ts'
import { summaryFacts } from '../../db/summary.ts'
import { DAY_MS } from '../../db/units.ts'
import type { DepsInTransaction } from '../deps.ts'
import { isExpected } from '../lifecycle/limit.ts'
import { afterListening } from '../lifecycle/listening.ts'
import { heldUntil, muteOf } from '../lifecycle/mute.ts'
import { mayHaveEndedUnheard, type OpenRun, usualRunMs } from '../lifecycle/runs.ts'
import { stateOf } from '../lifecycle/state.ts'
import { afterSilence, type ServiceState } from '../lifecycle/transition.ts'
import { statusCounts } from '../status/list.ts'
import { sharedNames, shownName } from '../status/names.ts'
import { heartbeatsNeeded, viewContext, viewDown } from '../status/view.ts'
import { scheduleWords } from '../text/rhythm.ts'
import { inSeconds } from '../text/time.ts'
import { collectPast, past } from './past.ts'
import { dateOf } from './when.ts'

const named = z.object({ serviceKey: z.string(), displayName: z.string() })
const time = z.iso.datetime({ offset: true })

/** What a person should know of all services, the most important first. Times in ISO 8601 with the server's offset. */
export const summaryContent = z.object({
  at: time,
  date: z.string(),
  /** When the last summary was announced, or a day ago. What is called new is newer. */
  since: time,
  counts: statusCounts,
  down: z.array(
    named.extend({
      since: time,
      seconds: z.number(),
      /** Why it is down, by the newest signal: `silence`; `fail` with what the job said; `run` with how long one takes. */
      reason: z.string(),
      note: z.string().nullable(),
      /** When the oldest run began that has not ended. */
      runStartedAt: time.nullable(),
      acknowledged: z.boolean(),
      acknowledgedBy: z.string().nullable(),
      muted: z.boolean(),
    }),
  ),
  newlyDead: z.array(named.extend({ since: time, lastHeartbeat: time.nullable() })),
  /** Runs that have gone on for over a day, of services that are not down by them: the oldest of each service. */
  openRuns: z.array(named.extend({ startedAt: time, seconds: z.number(), usualSeconds: z.number().nullable() })),
  attention: z.array(named.extend({ at: time, note: z.string().nullable() })),
  /**
   * Services without a deadline that have been silent for long: unknown ones for SERVICE_INACTIVE_THRESHOLD_MINUTES, and
   * those that have told of a failure for a day and twice their longest gap.
   */
  inactive: z.array(named.extend({ silentSince: time, seconds: z.number() })),
  flapping: z.array(named.extend({ incidents: z.int() })),
  failingDeliveries: z.array(
    z.object({ target: z.string(), failed: z.int(), pending: z.int(), error: z.string().nullable() }),
  ),
  /** The daily backup of the embedded database fails; `null` if it does not. */
  failingBackup: z.object({ error: z.string(), lastAt: time.nullable(), folder: z.string() }).nullable(),
  /** Services whose incidents have ended since then, also muted ones; those that were down for longest come first. */
  wasDown: z.array(named.extend(past.shape)),
  /** `expected` tells in words when a service with a declared schedule is expected. */
  waiting: z.array(named.extend({ heartbeatsNeeded: z.int(), expected: z.string().nullable() })),
  alive: z.array(named),
  paused: z.array(named),
  dead: z.array(named),
})

export type SummaryContent = z.infer<typeof summaryContent>

/** A message that has waited for longer counts as a failing delivery. */
const PENDING_FOR_MS = 600_000

export async function collectSummary(deps: DepsInTransaction, db: Db | Trx): Promise<SummaryContent> {
  const { now, iso, rules, timezone, outages } = viewContext(deps)
  const sinceMs = (await lastAnnouncedAt(db, 'summary')) ?? now - DAY_MS
  const facts = await summaryFacts(db, { flappedSince: now - DAY_MS })
  const ended = await collectPast(db, { since: sinceMs, iso })
  const rows = await Array.fromAsync(eachService(db))
  const shared = sharedNames(rows)
  const content: SummaryContent = {
    at: iso(now),
    date: dateOf(now, timezone),
    since: iso(sinceMs),
    counts: { unknown: 0, alive: 0, down: 0, dead: 0, paused: 0 },
    down: [],
    newlyDead: [],
    openRuns: [],
    attention: [],
    inactive: [],
    flapping: [],
    failingDeliveries: await failing(db, now),
    failingBackup: failingBackup(deps),
    wasDown: [],
    waiting: [],
    alive: [],
    paused: [],
    dead: [],
  }
  for (const row of rows) add(row)
  content.down.sort((a, b) => b.seconds - a.seconds)
  content.wasDown.sort((a, b) => b.seconds - a.seconds)
  return content

  function add(row: ServiceRow): void {
    const { state } = afterSilence(stateOf(row, timezone), now, rules, outages)
    const service = { serviceKey: row.key, displayName: shownName(row, shared) }
    const isPaused = state.pausedAt !== null
    content.counts[state.status] += 1
    if (isPaused) content.counts.paused += 1

    const attention = facts.attentions.get(row.id)
    if (attention) content.attention.push({ ...service, at: iso(attention.at), note: attention.note })
    const incidents = facts.flapping.get(row.id)
    if (incidents !== undefined) content.flapping.push({ ...service, incidents })
    const over = ended.get(row.id)
    if (over) content.wasDown.push({ ...service, ...over })

    const [run] = state.runs?.open ?? []
    if (run && isLong(run, state)) {
      const usualSeconds = inSeconds(usualRunMs(state.runs))
      const seconds = (now - run.startedAt) / 1000
      content.openRuns.push({ ...service, startedAt: iso(run.startedAt), seconds, usualSeconds })
    }

    if (isPaused) {
      content.paused.push(service)
    } else if (state.status === 'down') {
      const incident = facts.incidents.get(row.id)
      const { downReason, downNote } = viewDown(row, state)
      content.down.push({
        ...service,
        since: iso(state.statusSince),
        seconds: (now - state.statusSince) / 1000,
        reason: downReason ?? 'silence',
        note: downNote ?? null,
        runStartedAt: run ? iso(run.startedAt) : null,
        acknowledged: (incident?.acknowledged_at ?? null) !== null,
        acknowledgedBy: incident?.acknowledged_by ?? null,
        muted: heldUntil(muteOf(row), now) !== null,
      })
    } else if (state.status === 'dead') {
      const last = state.lastHeartbeatAt
      if (state.statusSince <= sinceMs) content.dead.push(service)
      else
        content.newlyDead.push({
          ...service,
          since: iso(state.statusSince),
          lastHeartbeat: last === null ? null : iso(last),
        })
    } else if (isInactive(state)) {
      const silentSince = iso(state.silenceSince)
      content.inactive.push({ ...service, silentSince, seconds: (now - state.silenceSince) / 1000 })
    } else if (state.status === 'alive') {
      content.alive.push(service)
    } else {
      const expected = state.schedule === null ? null : scheduleWords(state.schedule)
      content.waiting.push({ ...service, heartbeatsNeeded: heartbeatsNeeded(state), expected })
    }
  }

  /** A run that cannot be judged any more is in the list at once: nothing else would tell that it hangs. */
  function isLong(run: OpenRun, state: ServiceState): boolean {
    if (state.pausedAt !== null || run.isOverdue) return false
    return mayHaveEndedUnheard(run, state, outages) || now >= afterListening(run.startedAt, DAY_MS, outages)
  }

  /** Of services that nothing but this list can miss: no deadline makes them down. */
  function isInactive(state: ServiceState): boolean {
    if (isExpected(state)) return false
    const isSilentFor = (ms: number) => now >= afterListening(state.silenceSince, ms, outages)
    const { inactiveAfterMs } = deps.config
    if (state.status === 'unknown' && inactiveAfterMs !== null && isSilentFor(inactiveAfterMs)) return true
    return (state.runs?.hasFailed ?? false) && isSilentFor(Math.max(DAY_MS, ...state.gaps.map((gap) => 2 * gap)))
  }
}

function failingBackup({ backups, iso }: DepsInTransaction): SummaryContent['failingBackup'] {
  const state = backups.daily?.state()
  if (!state || state.error === null) return null
  const { error, newest, folder } = state
  return { error, lastAt: newest && iso(newest.takenAt), folder }
}

async function failing(db: Db | Trx, now: number): Promise<SummaryContent['failingDeliveries']> {
  const counted = new Map<string, SummaryContent['failingDeliveries'][number]>()
  const rows = await failingDeliveries(db, { failedSince: now - DAY_MS, pendingBefore: now - PENDING_FOR_MS })
  for (const { target, state, count, error } of rows) {
    const sum = counted.get(target) ?? { target, failed: 0, pending: 0, error: null }
    counted.set(target, { ...sum, [state]: count, error: sum.error ?? error })
  }
  return [...counted.values()]
}
