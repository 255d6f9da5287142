import {
  advanceDay,
  claimDay,
  countHeartbeats,
  type DailyFigures,
  insertFigures,
  KEPT_DAYS,
  lockServicesAfter,
  newestRolledDay,
} from '../../db/figures.ts'
import { dayOf, listPartitions } from '../../db/partitions.ts'
import type { Trx } from '../../db/schema.ts'
import { findServicesById } from '../../db/services.ts'
import { DAY_MS, HOUR_MS } from '../../db/units.ts'
import type { Deps, DepsInTransaction } from '../deps.ts'
import { inTransaction } from '../inTransaction.ts'
import { sumPasts } from '../status/histories.ts'
import { viewContext } from '../status/view.ts'
import { createDay } from './day.ts'

/** A day is rolled up this long after it ended. Even a heartbeat that came just before midnight is stored by then. */
const SETTLED_AFTER_MS = HOUR_MS
/** Services in one transaction. It is short: others wait for it no longer than for a large batch of heartbeats. */
const PAGE = 200
/** Heartbeats in one transaction, by the cadences: one a second counts like 300 services at one every five minutes. */
const HEARTBEATS_A_PAGE = 200_000
/** Pages in one job. The job is queued again after them, so that a server can stop before a long night is over. */
const PAGES_AT_ONCE = 20

export const nextRollUpAt = (now: number): number => (dayOf(now - SETTLED_AFTER_MS) + 1) * DAY_MS + SETTLED_AFTER_MS

/**
 * Writes the figures of days that are over, the oldest first. Each page of services commits together with the progress
 * of its day, so any number of servers may do this at once, and may die in the middle.
 *
 * @returns how many days were finished, and whether all are; if not, call it again
 */
export async function rollUp(deps: Deps, now: number): Promise<{ days: number; isDone: boolean }> {
  let pages = 0
  let days = 0
  const last = dayOf(now - SETTLED_AFTER_MS) - 1
  for (let day = await firstDay(deps, now); day <= last; day++) {
    while (await inTransaction(deps, (deps, trx) => rollUpPage(deps, trx, day))) {
      pages += 1
      if (pages >= PAGES_AT_ONCE) return { days, isDone: false }
    }
    days += 1
    deps.log.debug({ day: new Date(day * DAY_MS) }, 'a day has its figures')
  }
  return { days, isDone: true }
}

/** The day after the newest finished one; if none is finished, the first day that has heartbeats. */
async function firstDay({ db }: Deps, now: number): Promise<number> {
  const newest = await newestRolledDay(db)
  const first = newest === null ? ((await listPartitions(db))[0] ?? dayOf(now)) : newest + 1
  return Math.max(first, dayOf(now) - KEPT_DAYS)
}

/** @returns whether there may be another page */
async function rollUpPage(deps: DepsInTransaction, trx: Trx, day: number): Promise<boolean> {
  const throughId = await claimDay(trx, day)
  if (throughId === null) return false
  const locked = await lockServicesAfter(trx, { id: throughId, registeredBefore: (day + 1) * DAY_MS, limit: PAGE })
  const ids = firstOf(locked)
  await insertFigures(trx, await figuresOf(deps, trx, day, ids))
  const isLast = locked.length < PAGE && ids.length === locked.length
  await advanceDay(trx, day, isLast ? null : (ids.at(-1) as number))
  return !isLast
}

/** The ids of the first services: as many as a page may hold, and at least one. */
function firstOf(services: Awaited<ReturnType<typeof lockServicesAfter>>): number[] {
  let heartbeats = 0
  const beyond = services.findIndex(({ cadence_ms }, index) => {
    heartbeats += cadence_ms === null ? 0 : DAY_MS / Math.max(cadence_ms, 1)
    return index > 0 && heartbeats > HEARTBEATS_A_PAGE
  })
  return (beyond < 0 ? services : services.slice(0, beyond)).map(({ id }) => id)
}

async function figuresOf(deps: DepsInTransaction, trx: Trx, day: number, ids: number[]): Promise<DailyFigures[]> {
  const [fromMs, toMs] = [day * DAY_MS, (day + 1) * DAY_MS]
  const counted = new Map((await countHeartbeats(trx, day, ids)).map((row) => [row.service_id, row]))
  const sums = await sumPasts(trx, await findServicesById(trx, ids), {
    since: fromMs,
    until: toMs,
    context: viewContext(deps),
    begin: (blind) => createDay(blind, { fromMs, toMs }),
  })
  return [...sums].map(([id, sum]) => {
    const { incidents, aliveMs, downMs } = sum.figures()
    const heard = counted.get(id) ?? { ...UNHEARD, service_id: id }
    return { ...heard, day, incidents, alive_ms: aliveMs, down_ms: downMs }
  })
}

const UNHEARD = {
  heartbeats: 0,
  starts: 0,
  successes: 0,
  fails: 0,
  logs: 0,
  attentions: 0,
  median_gap_ms: null,
  longest_gap_ms: null,
}
