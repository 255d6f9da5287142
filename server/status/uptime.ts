import { z } from 'zod'
import type { Status } from '../../db/schema.ts'
import { DAY_MS } from '../../db/units.ts'
import { listenedFor, type Outage } from '../lifecycle/listening.ts'

/** How long a service was alive in a period that ends now. */
export const uptimePeriod = z.object({
  days: z.int(),
  aliveSeconds: z.number(),
  /** Time in which it was down or dead. */
  downSeconds: z.number(),
  /** Time in which it was unknown, paused or not registered yet, or in which the monitor itself was down. */
  noDataSeconds: z.number(),
  /** The share of alive in alive and down, from 0 to 1; `null` if both are zero. */
  ratio: z.number().nullable(),
})

export type UptimePeriod = z.infer<typeof uptimePeriod>

/** A status, and the moment from which a service had it. */
export interface StatusFrom {
  at: number
  status: Status
}

/** Computes the uptime. `blind` is the time that counts as no data, in the form of `mergeOutages`. */
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
