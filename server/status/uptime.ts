import { z } from 'zod'
import type { Status } from '../../db/schema.ts'
import { DAY_MS } from '../../db/units.ts'
import { listenedFor, type Outage } from '../lifecycle/listening.ts'

/** How much of a stretch of time a service was alive. */
export const uptimePeriod = z.object({
  days: z.int(),
  aliveSeconds: z.number(),
  /** Dead is down for long. */
  downSeconds: z.number(),
  /** Unknown, paused, not registered yet, or the monitor itself was away. */
  noDataSeconds: z.number(),
  /** Of the time that something is known of; `null` if that is none. */
  ratio: z.number().nullable(),
})

export type UptimePeriod = z.infer<typeof uptimePeriod>

/** A status that a service has from a moment on, until the next. */
export interface StatusFrom {
  at: number
  status: Status
}

/** `blind`: when nothing could be known, in the form of `mergeOutages`. */
export function uptimeOf(
  history: readonly StatusFrom[],
  blind: readonly Outage[],
  { days, now }: { days: number; now: number },
): UptimePeriod {
  const periodMs = days * DAY_MS
  const since = now - periodMs
  const spent = { unknown: 0, alive: 0, down: 0, dead: 0 }
  history.forEach(({ at, status }, index) => {
    const from = Math.max(at, since)
    const to = history[index + 1]?.at ?? now
    if (to > from) spent[status] += listenedFor(from, to, blind)
  })
  const downMs = spent.down + spent.dead
  const knownMs = spent.alive + downMs
  return {
    days,
    aliveSeconds: spent.alive / 1000,
    downSeconds: downMs / 1000,
    noDataSeconds: (periodMs - knownMs) / 1000,
    ratio: knownMs === 0 ? null : spent.alive / knownMs,
  }
}
