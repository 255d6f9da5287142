import { z } from 'zod'
import type { Db, Trx } from '../../db/schema.ts'
import { type EndedIncident, endedIncidents } from '../../db/summary.ts'

const time = z.iso.datetime({ offset: true })

/** The incidents of one service that have ended since the last summary, also muted ones. */
export const past = z.object({
  /** How many they are, how long they took in all, and when the first of them began. */
  incidents: z.int(),
  seconds: z.number(),
  since: time,
  /** The newest of them, at most three, in the order in which they ended. */
  newest: z.array(
    z.object({
      from: time,
      to: time,
      seconds: z.number(),
      reason: z.string(),
      note: z.string().nullable(),
      /** A pause ends an incident without a recovery. */
      ended: z.enum(['recovered', 'paused']),
      muted: z.boolean(),
    }),
  ),
})

type Past = z.infer<typeof past>

/** How many of a service's incidents a summary shows one by one. */
const SHOWN_OF_EACH = 3

/** Reads what was down and is over since a moment, by service id. */
export async function collectPast(
  db: Db | Trx,
  { since, iso }: { since: number; iso: (ms: number) => string },
): Promise<Map<number, Past>> {
  const ended = await endedIncidents(db, { since, perService: SHOWN_OF_EACH })
  const services = Map.groupBy(ended, ({ serviceId }) => serviceId)
  return new Map(
    [...services].map(([id, incidents]) => {
      const { count, downMs, firstAt } = incidents[0] as EndedIncident
      const newest = incidents.map((incident) => viewEnded(incident, iso))
      return [id, { incidents: count, seconds: downMs / 1000, since: iso(firstAt), newest }]
    }),
  )
}

function viewEnded(
  { openedAt, closedAt, reason, note, closeReason, withdrawn }: EndedIncident,
  iso: (ms: number) => string,
): Past['newest'][number] {
  const isPaused = closeReason === 'pause'
  return {
    from: iso(openedAt),
    to: iso(closedAt),
    seconds: (closedAt - openedAt) / 1000,
    reason,
    note,
    ended: isPaused ? 'paused' : 'recovered',
    // A pause, too, withdraws an alert that has not gone out yet.
    muted: withdrawn && !isPaused,
  }
}
