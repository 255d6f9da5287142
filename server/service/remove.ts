import { z } from 'zod'
import { requestEdits } from '../../db/edits.ts'
import { deleteFiguresOf, KEPT_DAYS } from '../../db/figures.ts'
import { deleteHeartbeatsOf } from '../../db/heartbeats.ts'
import { lockIncidentsOf } from '../../db/incidents.ts'
import { dayOf } from '../../db/partitions.ts'
import { deleteService } from '../../db/services.ts'
import { tellRemoval } from '../alert/removal.ts'
import type { Deps } from '../deps.ts'
import { serviceKey } from '../input/serviceKey.ts'
import { inTransaction } from '../inTransaction.ts'
import { findAndLock } from './lock.ts'

export const removeInput = z.strictObject({ serviceKey })

/** Deletes a service and its history. If it still sends heartbeats, the next one registers it again. */
export async function removeService(deps: Deps, input: z.output<typeof removeInput>): Promise<void> {
  const removed = await inTransaction(deps, async (deps, trx) => {
    const { id, key } = await findAndLock(trx, input.serviceKey)
    const open = await lockIncidentsOf(trx, id)
    if (await requestEdits(trx, open, deps.clock.now())) await deps.jobs.announce.after(trx)
    await tellRemoval(deps, trx, id)
    await deleteService(trx, id)
    return { id, key }
  })
  deps.feed.removed(removed.id, removed.key)
  // These are many rows. They are deleted after the commit, so that nobody waits for the lock; no new ones can come.
  await deleteHeartbeatsOf(deps.db, removed.id)
  const today = dayOf(deps.clock.now())
  await deleteFiguresOf(deps.db, removed.id, today - KEPT_DAYS, today)
}
