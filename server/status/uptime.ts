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
  /** How often it went down just before, which is not told by itself. */
  condensedDowns?: number
}

/** Sums up how long a service had each status, in periods that end now, while its past is read. */
export interface Uptime {
  /** Adds a status; it holds until the next one. They come in the order of their times. */
  add(next: StatusFrom): void
  /** Ends the sums, one for each of the periods. */
  periods(): UptimePeriod[]
}

/** @param blind the time that counts as no data, in the form of `mergeOutages` */
export function createUptime(
  blind: readonly Outage[],
  { periodsDays, now }: { periodsDays: readonly number[]; now: number },
): Uptime {
  const sums = periodsDays.map((days) => ({
    days,
    since: now - days * DAY_MS,
    spent: { unknown: 0, alive: 0, down: 0, dead: 0 },
  }))
  let current: StatusFrom | undefined

  function spend(until: number): void {
    if (!current) return
    for (const { since, spent } of sums) {
      const from = Math.max(current.at, since)
      if (until > from) spent[current.status] += listenedFor(from, until, blind)
    }
  }

  return {
    add(next) {
      spend(Math.min(next.at, now))
      current = next
    },
    periods() {
      spend(now)
      current = undefined
      return sums.map(periodOf)
    },
  }
}

function periodOf({ days, spent }: { days: number; spent: { [status in Status]: number } }): UptimePeriod {
  const downMs = spent.down + spent.dead
  const knownMs = spent.alive + downMs
  return {
    days,
    aliveSeconds: spent.alive / 1000,
    downSeconds: downMs / 1000,
    noDataSeconds: (days * DAY_MS - knownMs) / 1000,
    ratio: knownMs === 0 ? null : spent.alive / knownMs,
  }
}
