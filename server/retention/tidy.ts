import { forgetDaysFrom, KEPT_DAYS, newestRolledDay } from '../../db/figures.ts'
import { dayOf, dropPartition, ensurePartition, listPartitions } from '../../db/partitions.ts'
import { pruneFigures, pruneHistory } from '../../db/prune.ts'
import { deleteSessionsSeenBefore } from '../../db/sessions.ts'
import { DAY_MS } from '../../db/units.ts'
import type { Deps } from '../deps.ts'
import { listeningSince } from '../lifecycle/listening.ts'
import { IDLE_MS } from '../session/sessions.ts'
import { nextRollUpAt, rollUp } from './rollUp.ts'

/** How many days ahead partitions are made. If this fails for longer, heartbeats make the partitions of their days. */
const DAYS_AHEAD = 4
const TRY_AGAIN_AFTER_MS = 60_000

/**
 * Tidying is the nightly maintenance (retention). It makes the partitions of the next days, rolls up the figures of the
 * days that are over, and deletes what is older than its retention. Any server may do it at any time, and again.
 *
 * @returns when to do it next
 */
export async function tidy(deps: Deps): Promise<number> {
  await deps.ledger.caughtUp()
  const now = deps.clock.now()
  for (let day = dayOf(now); day <= dayOf(now) + DAYS_AHEAD; day++) await ensurePartition(deps.db, day)
  await forgetDaysFrom(deps.db, dayOf(now), await listPartitions(deps.db))
  const { days, isDone } = await rollUp(deps, now)
  if (!isDone) return now
  // Only time in which the monitor listened counts. What a clock leaps over is an outage, so a leap deletes nothing.
  const daysAgo = (days: number) => listeningSince(now, days * DAY_MS, deps.ledger.outages())
  const isDropped = await dropHeartbeats(deps, dayOf(daysAgo(deps.config.retentionDays)))
  await pruneHistory(deps.db, daysAgo(KEPT_DAYS))
  await pruneFigures(deps.db, dayOf(daysAgo(KEPT_DAYS)))
  await deleteSessionsSeenBefore(deps.db, now - IDLE_MS)
  if (days > 0) await deps.upkeep?.nightly()
  return isDropped ? nextRollUpAt(now) : now + TRY_AGAIN_AFTER_MS
}

/** @returns whether all old heartbeats are gone; a partition that somebody is reading is dropped later */
async function dropHeartbeats({ db, log }: Deps, firstKept: number): Promise<boolean> {
  const rolled = (await newestRolledDay(db)) ?? Number.NEGATIVE_INFINITY
  for (const day of await listPartitions(db)) {
    if (day >= firstKept || day > rolled) break
    if (!(await dropPartition(db, day))) {
      log.info('old heartbeats are being read, by a backup perhaps; they are dropped later')
      return false
    }
  }
  return true
}
