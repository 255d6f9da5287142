import { unendedAlerts } from '../../db/closings.ts'
import type { CloseReason, Trx } from '../../db/schema.ts'
import type { DepsInTransaction } from '../deps.ts'
import { tell } from './tell.ts'

/**
 * Tells whoever was told of a service that is about to be removed that this is over. Its alerts go with it, so the message
 * is stored at once.
 */
export async function tellRemoval(deps: DepsInTransaction, trx: Trx, serviceId: number): Promise<void> {
  const now = deps.clock.now()
  const closeReason: CloseReason = 'removed'
  const rows = (await unendedAlerts(trx, serviceId)).map((row) => ({
    ...row,
    kind: 'closed' as const,
    close_reason: closeReason,
    recorded_at: now,
  }))
  if (rows.length === 0) return
  await tell(deps, trx, rows, now)
  await deps.jobs.announce.after(trx)
}
