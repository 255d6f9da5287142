import { z } from 'zod'
import { findOpenIncident } from '../../db/incidents.ts'
import type { Ground } from '../ground.ts'
import { serviceKey } from '../input/serviceKey.ts'
import { deadAtOf, limitOf } from '../lifecycle/limit.ts'
import { mayHaveEndedUnheard, runLimitOf, usualRunMs } from '../lifecycle/runs.ts'
import { stateOf } from '../lifecycle/state.ts'
import { afterSilence, isVerdictOld, type ServiceState } from '../lifecycle/transition.ts'
import { openRunWords, runLimitWords } from '../text/runs.ts'
import { duration, inSeconds, localTime } from '../text/time.ts'
import { whyDown } from '../text/whyDown.ts'
import { harmless, plural } from '../text/words.ts'
import { type IncidentView, viewIncident } from './incident.ts'
import { theService } from './list.ts'
import { type ServiceStatus, type ViewContext, view, viewContext } from './view.ts'

export const explainInput = z.strictObject({ serviceKey })

/** Why a service has its status. Durations are in seconds, times in ISO 8601. */
export interface Explanation {
  service: ServiceStatus
  /** Sentences for people, the most important first. */
  reasons: string[]
  /** Newest first. */
  gapsSeconds: number[]
  cadenceSeconds: number | null
  limitSeconds: number | null
  /** The moment from which silence counts. */
  silenceSince: string
  deadline: string | null
  deadAt: string | null
  /** Outages of the monitor since `silenceSince`, which do not count as silence. */
  excludedOutages: { from: string; to: string }[]
  /** The open incident. */
  incident: IncidentView | null
}

export async function explain(deps: Ground, input: z.output<typeof explainInput>): Promise<Explanation> {
  const context = viewContext(deps)
  const { now, rules, outages, iso } = context
  const row = await theService(deps, input.serviceKey)
  const stored = stateOf(row, context.timezone)
  const { state } = afterSilence(stored, now, rules, outages)
  const isJudged = state.pausedAt === null && state.status !== 'dead'
  const limitMs = limitOf(state, rules)
  const service = view(row, context)
  const incident = await findOpenIncident(deps.db, row.id)
  return {
    service,
    reasons: reasons(state, {
      ...{ ...context, limitMs, note: incident?.reason === 'fail' ? incident.note : null },
      whyItWas: whyDown({ reason: service.downReason ?? 'silence', note: service.downNote }, 200),
    }),
    gapsSeconds: state.gaps.map((gap) => gap / 1000).reverse(),
    cadenceSeconds: inSeconds(state.cadenceMs),
    limitSeconds: inSeconds(limitMs),
    silenceSince: iso(state.silenceSince),
    deadline: service.deadline,
    deadAt: isJudged ? iso(deadAtOf(state, rules, outages)) : null,
    excludedOutages: outages
      .filter(({ toMs, fromMs }) => toMs > state.silenceSince && fromMs < now)
      .map(({ fromMs, toMs }) => ({ from: iso(fromMs), to: iso(toMs) })),
    incident: incident ? viewIncident(incident, iso) : null,
  }
}

interface Told {
  limitMs: number | null
  /** What the failed job said. */
  note: string | null
  /** Why it is down, in few words. */
  whyItWas: string
}

function reasons(state: ServiceState, { limitMs, note, whyItWas, ...context }: ViewContext & Told): string[] {
  const { now } = context
  const told: string[] = []
  if (state.pausedAt !== null)
    told.push(`paused for ${duration(Math.max(0, now - state.pausedAt))} now; it is not judged`)
  if (state.pausedAt === null && isVerdictOld(state))
    told.push(`it was down before it was paused (${whyItWas}), and stays so until it is heard`)
  if (state.failing) {
    told.push(note === null ? 'it failed' : `it failed: ${harmless(note, 200)}`)
    told.push('the next success or heartbeat takes that back')
  } else if (state.failsInRow > 0) told.push(tolerated(state))
  told.push(...openRuns(state, context))
  told.push(
    state.lastHeartbeatAt === null
      ? 'no heartbeat has come yet'
      : `the last heartbeat came ${duration(Math.max(0, now - state.lastHeartbeatAt))} ago`,
  )
  told.push(expectation(state, limitMs))
  return told
}

const tolerated = ({ failsInRow, failuresTolerated }: ServiceState) =>
  `its last ${failsInRow === 1 ? 'run' : `${failsInRow} runs`} failed; ${failuresTolerated} in a row make it down`

const RUNS_SHOWN = 3

function openRuns(state: ServiceState, { now, timezone, rules, outages }: ViewContext): string[] {
  const { runs, maxRunMs } = state
  const open = runs?.open ?? []
  const limit = runLimitWords({ usualMs: usualRunMs(runs), maxMs: maxRunMs, limitMs: runLimitOf(state, rules) })
  const said = open.slice(0, RUNS_SHOWN).map((run) => {
    const name = run.id === null ? 'a run' : `run ${harmless(run.id, 40)}`
    const words = `${name} ${openRunWords(localTime(run.startedAt, now, timezone), limit)}`
    return mayHaveEndedUnheard(run, state, outages)
      ? `${words}; it is not judged, since it may have ended while I was not listening`
      : words
  })
  return open.length > RUNS_SHOWN ? [...said, `${plural(open.length - RUNS_SHOWN, 'other run')} likewise`] : said
}

function expectation({ schedule, cadenceMs, gaps }: ServiceState, limitMs: number | null): string {
  if (schedule?.kind === 'cron') {
    return `expected by the cron line "${schedule.expression}" in ${schedule.timezone}, with a grace of ${duration(schedule.graceMs)}`
  }
  if (schedule) return `expected every ${duration(schedule.periodMs)}, with a grace of ${duration(schedule.graceMs)}`
  if (cadenceMs === null) return `its rhythm is not known yet (${plural(gaps.length, 'gap')} so far)`
  return `it beats every ${duration(cadenceMs)} (the median of ${plural(gaps.length, 'gap')}), so ${duration(limitMs ?? 0)} of silence are fine`
}
