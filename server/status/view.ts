import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import type { ServiceRow } from '../../db/serviceRows.ts'
import type { Ground } from '../ground.ts'
import { named } from '../input/sentence.ts'
import { HEARTBEATS_NEEDED } from '../lifecycle/cadence.ts'
import type { Rules } from '../lifecycle/limit.ts'
import type { Outage } from '../lifecycle/listening.ts'
import { heldUntil, muteOf } from '../lifecycle/mute.ts'
import { usualRunMs } from '../lifecycle/runs.ts'
import { type CronSchedule, nextDue, type Schedule } from '../lifecycle/schedule.ts'
import { stateOf } from '../lifecycle/state.ts'
import { afterSilence, downAtOf, type ServiceState } from '../lifecycle/transition.ts'
import { scheduleWords } from '../text/rhythm.ts'
import { ago, inSeconds } from '../text/time.ts'
import { cut } from '../text/words.ts'
import { displayName } from './names.ts'

export const statusName = z.enum(['unknown', 'alive', 'down', 'dead'], {
  error: named('must be one of unknown, alive, down, dead'),
})

const time = z.iso.datetime({ offset: true }).meta({ example: '2026-11-23T22:20:01.123+03:00' })

/** What a service has only with a declared schedule. Left out for others, since a status may be of thousands. */
const declared = z.object({
  expectedPeriodSeconds: z.number().meta({ description: 'The declared period' }),
  schedule: z.string().meta({ description: 'The declared cron line', example: '0 3 * * *' }),
  timezone: z.string().meta({ description: 'The zone in which the cron line is meant' }),
  nextDue: time.meta({ description: 'When the cron line is due next; not told while the service is paused' }),
  scheduleReadable: z.string().meta({ description: 'The schedule in words', example: 'daily 03:00 Berlin' }),
})

/** What a service has only while a run of it has not ended. */
const openRun = z.object({
  runStartedAt: time.meta({ description: 'When the oldest run began that has not ended' }),
  usualRunSeconds: z.number().meta({ description: 'How long a run usually takes, once three have ended' }),
})

/** What a service has only while it is down. */
const ofDown = z.object({
  downReason: z.string().meta({ description: 'Why it is down', example: 'fail' }),
  downNote: z.string().meta({
    description: 'What the failed job said, in one line',
    example: 'exit code 1: FATAL: too many connections',
  }),
})

/** A service with its status, as the API, the page and the bot show it. */
export const serviceStatus = z.object({
  serviceKey: z.string(),
  displayName: z.string(),
  group: z.string().nullable(),
  status: statusName,
  paused: z.boolean(),
  muted: z.boolean().meta({ description: 'Nothing is told of it now' }),
  lastHeartbeat: time.nullable(),
  secondsSinceLastHeartbeat: z.number().nullable(),
  lastHeartbeatReadable: z.string().nullable().meta({ example: '5 minutes ago' }),
  medianIntervalSeconds: z.number().nullable(),
  heartbeatCount: z.int(),
  statusSince: time,
  deadline: time
    .nullable()
    .meta({ description: 'The moment after which it is down, by its silence or by an open run' }),
  heartbeatsNeeded: z.int().meta({ description: 'How many more until its rhythm is known' }),
  ...ofDown.partial().shape,
  ...declared.partial().shape,
  ...openRun.partial().shape,
})

export type ServiceStatus = z.infer<typeof serviceStatus>

export interface ViewContext {
  now: number
  rules: Rules
  timezone: string
  outages: readonly Outage[]
  iso: (ms: number) => string
}

/** What one answer is computed with: it shows all services as of the same moment. */
export function viewContext(deps: Pick<Ground, 'clock' | 'config' | 'ledger' | 'iso'>): ViewContext {
  return {
    now: deps.clock.now(),
    rules: deps.config.rules,
    timezone: deps.config.timezone,
    outages: deps.ledger.outages(),
    iso: deps.iso,
  }
}

/** Computes the current view of a service from its row, with what silence has changed since it was stored. */
export function view(row: ServiceRow, context: ViewContext): ServiceStatus {
  const { now, rules, outages, iso } = context
  const { state } = afterSilence(stateOf(row, context.timezone), now, rules, outages)
  const last = state.lastHeartbeatAt
  const deadline = downAtOf(state, rules, outages)
  const shown = {
    serviceKey: row.key,
    displayName: displayName(row),
    group: row.group_name,
    status: state.status,
    paused: state.pausedAt !== null,
    muted: heldUntil(muteOf(row), now) !== null,
    lastHeartbeat: last === null ? null : iso(last),
    secondsSinceLastHeartbeat: last === null ? null : Math.max(0, now - last) / 1000,
    lastHeartbeatReadable: last === null ? null : ago(now - last),
    medianIntervalSeconds: inSeconds(state.cadenceMs),
    heartbeatCount: state.heartbeatCount,
    statusSince: iso(state.statusSince),
    deadline: deadline === null ? null : iso(deadline),
    heartbeatsNeeded: heartbeatsNeeded(state),
    ...viewDown(row, state),
  }
  return {
    ...shown,
    ...(state.schedule === null ? {} : viewSchedule(state.schedule, state, context)),
    ...viewOpenRun(state, context),
  }
}

function viewOpenRun({ runs }: ServiceState, { iso }: ViewContext) {
  const [oldest] = runs?.open ?? []
  if (!oldest) return {}
  const usual = usualRunMs(runs)
  return { runStartedAt: iso(oldest.startedAt), ...(usual === null ? {} : { usualRunSeconds: usual / 1000 }) }
}

/** UTF-16 units. The incident has the whole note. */
const LONGEST_NOTE = 200

/** Why a service is down. What no check has recorded yet can only be silence. */
export function viewDown(
  row: Pick<ServiceRow, 'down_reason' | 'down_note'>,
  { status, pausedAt, failing }: ServiceState,
): { downReason?: string; downNote?: string } {
  if (status !== 'down' || pausedAt !== null) return {}
  const downReason = row.down_reason ?? (failing ? 'fail' : 'silence')
  const downNote = cut((row.down_note ?? '').replaceAll(/[\s\p{Cc}]+/gu, ' ').trim(), LONGEST_NOTE)
  return downNote === '' ? { downReason } : { downReason, downNote }
}

function viewSchedule(schedule: Schedule, { pausedAt }: ServiceState, { now, iso }: ViewContext) {
  const scheduleReadable = scheduleWords(schedule)
  if (schedule.kind === 'period') return { expectedPeriodSeconds: schedule.periodMs / 1000, scheduleReadable }
  const { expression, timezone } = schedule
  const told = { schedule: expression, timezone, scheduleReadable }
  return pausedAt === null ? { ...told, nextDue: iso(dueAfter(schedule, now)) } : told
}

const MOST_DUES = 20_000
/** The next due time of a line and zone, with a moment from which on it is the next one. */
const dues = new LRUCache<string, { from: number; due: number }>({ max: MOST_DUES })

/** Caches what `nextDue` says, since a status may be of thousands of cron lines, and each takes some 40 µs. */
function dueAfter(cron: CronSchedule, now: number): number {
  const key = `${cron.timezone} ${cron.expression}`
  const known = dues.get(key)
  if (known && known.from <= now && now < known.due) return known.due
  const due = nextDue(cron, now)
  dues.set(key, { from: now, due })
  return due
}

/** The current status alone, for counting and filtering. */
export const statusOf = (row: ServiceRow, context: Omit<ViewContext, 'iso'>) =>
  afterSilence(stateOf(row, context.timezone), context.now, context.rules, context.outages).state.status

/** How many more it needs. Each gap that cannot be learned needs one more heartbeat. */
export function heartbeatsNeeded(state: ServiceState): number {
  const { schedule, cadenceMs, gaps, gapsLost, heartbeatCount, status } = state
  if (schedule !== null) return status === 'unknown' ? 1 : 0
  if (cadenceMs !== null) return 0
  return Math.max(gaps.length === 0 ? 1 : 0, HEARTBEATS_NEEDED - (heartbeatCount - gapsLost))
}
