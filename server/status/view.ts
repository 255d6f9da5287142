import { z } from 'zod'
import type { ServiceRow } from '../../db/serviceRows.ts'
import type { Ground } from '../ground.ts'
import { named } from '../input/sentence.ts'
import { HEARTBEATS_NEEDED } from '../lifecycle/cadence.ts'
import { deadlineOf, type Rules } from '../lifecycle/limit.ts'
import type { Outage } from '../lifecycle/listening.ts'
import { heldUntil, muteOf } from '../lifecycle/mute.ts'
import { stateOf } from '../lifecycle/state.ts'
import { afterSilence, isJudged, type ServiceState } from '../lifecycle/transition.ts'
import { ago, inSeconds } from '../text/time.ts'
import { displayName } from './names.ts'

export const statusName = z.enum(['unknown', 'alive', 'down', 'dead'], {
  error: named('must be one of unknown, alive, down, dead'),
})

const time = z.iso.datetime({ offset: true }).meta({ example: '2026-11-23T22:20:01.123+03:00' })

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
  deadline: time.nullable().meta({ description: 'The moment after which a silent service is down' }),
  heartbeatsNeeded: z.int().meta({ description: 'How many more until its rhythm is known' }),
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
  const deadline = state.pausedAt === null && isJudged(state) ? deadlineOf(state, rules, outages) : null
  return {
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
  }
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
