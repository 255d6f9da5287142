import type { Outage } from '../lifecycle/listening.ts'
import { type StatusFrom, uptimeOf } from '../status/uptime.ts'

/** The part of a day's figures that comes from a service's transitions. */
export interface DayOfStatus {
  incidents: number
  aliveMs: number
  downMs: number
}

/** `blind`: the times of which nothing is known, in the form of `mergeOutages`. */
export function dayOfStatus(
  statuses: readonly StatusFrom[],
  blind: readonly Outage[],
  { fromMs, toMs }: Outage,
): DayOfStatus {
  const untilThen = statuses.filter(({ at }) => at < toMs)
  const { aliveSeconds, downSeconds } = uptimeOf(untilThen, blind, { days: 1, now: toMs })
  // The first one is the status at the registration, and no change.
  const opened = untilThen.slice(1).filter(({ at, status }) => status === 'down' && at >= fromMs)
  return { incidents: opened.length, aliveMs: Math.round(aliveSeconds * 1000), downMs: Math.round(downSeconds * 1000) }
}
