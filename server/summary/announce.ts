import { isAnnounced } from '../../db/messages.ts'
import { firstUsedAt } from '../../db/outages.ts'
import type { Trx } from '../../db/schema.ts'
import { enqueue } from '../delivery/outbox.ts'
import type { DepsInTransaction } from '../deps.ts'
import { tellOutagesFirst } from '../outage/announce.ts'
import { collectSummary } from './collect.ts'
import { composeSummary } from './compose.ts'
import { isWanted, slotsAround } from './when.ts'

/**
 * Puts the summary into the outbox when its time has come, once for each day.
 *
 * @returns when the next summary is due; `null` if summaries are off
 */
export async function announceSummary(deps: DepsInTransaction, trx: Trx, now: number): Promise<number | null> {
  const { dailySummary, timezone } = deps.config
  if (!dailySummary) return null
  const { current, nextAt } = slotsAround({ ...dailySummary, timezone }, now)
  if (!current || (await isAnnounced(trx, current.subject))) return nextAt
  if (!isWanted(current, { now, firstUsedAt: (await firstUsedAt(trx)) ?? now, timezone })) return nextAt
  await tellOutagesFirst(deps, trx, now)
  const content = await collectSummary(deps, trx)
  await enqueue(deps, trx, composeSummary(content, timezone), { at: now, subject: current.subject })
  return nextAt
}
