import type { Outage } from '../lifecycle/listening.ts'
import { type StatusFrom, uptimeOf } from '../status/uptime.ts'

/** What transitions tell of one day of a service. */
export interface DayOfStatus {
  incidents: number
  aliveMs: number
  downMs: number
}

/** `blind`: when nothing could be known, in the form of `mergeOutages`. */
export function dayOfStatus(
  statuses: readonly StatusFrom[],
  blind: readonly Outage[],
  { fromMs, toMs }: Outage,
): DayOfStatus {
  const untilThen = statuses.filter(({ at }) => at < toMs)
  const { aliveSeconds, downSeconds } = uptimeOf(untilThen, blind, { days: 1, now: toMs })
  // The first is how it stood when it was registered, and no change.
  const opened = untilThen.slice(1).filter(({ at, status }) => status === 'down' && at >= fromMs)
  return { incidents: opened.length, aliveMs: Math.round(aliveSeconds * 1000), downMs: Math.round(downSeconds * 1000) }
}
