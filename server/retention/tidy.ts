import { forgetDaysFrom, KEPT_DAYS, newestRolledDay } from '../../db/figures.ts'
import { dayOf, dropPartition, ensurePartition, listPartitions } from '../../db/partitions.ts'
import { pruneFigures, pruneHistory } from '../../db/prune.ts'
import { deleteSessionsSeenBefore } from '../../db/sessions.ts'
import { DAY_MS } from '../../db/units.ts'
import type { Deps } from '../deps.ts'
import { listeningSince } from '../lifecycle/listening.ts'
import { IDLE_MS } from '../session/sessions.ts'
import { nextRollUpAt, rollUp } from './rollUp.ts'

/** A monitor that cannot do this for as long makes partitions when heartbeats come. */
const DAYS_AHEAD = 4
const TRY_AGAIN_AFTER_MS = 60_000

/**
 * The night's work: room for the next days, figures of those that are over, and then away with what is older than it
 * is kept. All of it may be done at any time, by any server, and again.
 *
 * @returns when it is to be done next
 */
export async function tidy(deps: Deps): Promise<number> {
  await deps.ledger.caughtUp()
  const now = deps.clock.now()
  for (let day = dayOf(now); day <= dayOf(now) + DAYS_AHEAD; day++) await ensurePartition(deps.db, day)
  await forgetDaysFrom(deps.db, dayOf(now), await listPartitions(deps.db))
  const { days, isDone } = await rollUp(deps, now)
  if (!isDone) return now
  // Only days in which somebody listened make anything older: those that a clock leaps over are an outage, and drop nothing.
  const daysAgo = (days: number) => listeningSince(now, days * DAY_MS, deps.ledger.outages())
  const isDropped = await dropHeartbeats(deps, dayOf(daysAgo(deps.config.retentionDays)))
  await pruneHistory(deps.db, daysAgo(KEPT_DAYS))
  await pruneFigures(deps.db, dayOf(daysAgo(KEPT_DAYS)))
  await deleteSessionsSeenBefore(deps.db, now - IDLE_MS)
  if (days > 0) await deps.upkeep?.nightly()
  return isDropped ? nextRollUpAt(now) : now + TRY_AGAIN_AFTER_MS
}

/** @returns whether nothing that is too old is left; somebody may be reading it */
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
