import { z } from 'zod'
import { type DailyFigures, KEPT_DAYS, listFigures } from '../../db/figures.ts'
import { dateOfDay, dayOf } from '../../db/partitions.ts'
import { DAY_MS } from '../../db/units.ts'
import type { Ground } from '../ground.ts'
import { serviceKey } from '../input/serviceKey.ts'
import { inSeconds } from '../text/time.ts'
import { theService } from './list.ts'

const since = z.iso
  .date({ error: 'since must be a day such as 2026-11-23' })
  .transform((text) => dayOf(Date.parse(text)))
  .optional()

export const daysInput = z.strictObject({ serviceKey, since, limit: z.int().min(1).max(KEPT_DAYS).default(30) })

/** The figures of a service on one day, from midnight to midnight in UTC. */
export interface DayView {
  /** `2026-11-24` */
  date: string
  heartbeats: number
  starts: number
  successes: number
  fails: number
  logs: number
  attentions: number
  /** Incidents that were opened on this day. */
  incidents: number
  aliveSeconds: number
  downSeconds: number
  /** Time in which it was unknown, paused or not registered yet, or in which the monitor itself was down. */
  noDataSeconds: number
  /** The median of the gaps between heartbeats of this day; `null` if there was none. */
  medianGapSeconds: number | null
  longestGapSeconds: number | null
}

/**
 * Lists the figures of past days in UTC, from `since` to yesterday, the newest first. They outlive the heartbeats that
 * they were computed from. Those of yesterday exist from an hour after midnight.
 */
export async function listDays(
  deps: Ground,
  input: z.output<typeof daysInput>,
): Promise<{ serviceKey: string; days: DayView[] }> {
  const { id, key } = await theService(deps, input.serviceKey)
  const today = dayOf(deps.clock.now())
  const from = Math.max(input.since ?? 0, today - KEPT_DAYS)
  const figures = await listFigures(deps.db, id, { from, to: today, limit: input.limit })
  return { serviceKey: key, days: figures.map(view) }
}

function view(figures: DailyFigures): DayView {
  const { heartbeats, starts, successes, fails, logs, attentions, incidents } = figures
  return {
    date: dateOfDay(figures.day),
    ...{ heartbeats, starts, successes, fails, logs, attentions, incidents },
    aliveSeconds: figures.alive_ms / 1000,
    downSeconds: figures.down_ms / 1000,
    noDataSeconds: (DAY_MS - figures.alive_ms - figures.down_ms) / 1000,
    medianGapSeconds: inSeconds(figures.median_gap_ms),
    longestGapSeconds: inSeconds(figures.longest_gap_ms),
  }
}
