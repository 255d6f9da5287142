import type { Outage } from '../lifecycle/listening.ts'
import { createUptime, type StatusFrom } from '../status/uptime.ts'

/** The part of a day's figures that comes from a service's transitions. */
export interface DayOfStatus {
  incidents: number
  aliveMs: number
  downMs: number
}

/** Sums up one day while the past of a service is read. `blind`: the times of which nothing is known, merged. */
export function createDay(blind: readonly Outage[], { fromMs, toMs }: Outage) {
  const uptime = createUptime(blind, { periodsDays: [1], now: toMs })
  let incidents = 0
  let isFirst = true
  return {
    add(next: StatusFrom): void {
      // The first one is the status at the registration, and no change.
      const isOfDay = !isFirst && next.at >= fromMs && next.at < toMs
      if (isOfDay) incidents += (next.status === 'down' ? 1 : 0) + (next.condensedDowns ?? 0)
      isFirst = false
      uptime.add(next)
    },
    figures(): DayOfStatus {
      const [{ aliveSeconds, downSeconds } = { aliveSeconds: 0, downSeconds: 0 }] = uptime.periods()
      return { incidents, aliveMs: Math.round(aliveSeconds * 1000), downMs: Math.round(downSeconds * 1000) }
    },
  }
}
