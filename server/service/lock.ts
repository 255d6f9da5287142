import type { Trx } from '../../db/schema.ts'
import type { FullServiceRow } from '../../db/serviceRows.ts'
import { findService, lockStates } from '../../db/services.ts'
import { noSuchService } from '../errors.ts'

/** Finds a service and locks its state until the transaction ends. Call it first: see `lockStates` for the order. */
export async function findAndLock(trx: Trx, key: string): Promise<FullServiceRow> {
  const found = await findService(trx, key)
  if (found) await lockStates(trx, [found.id])
  // Read again, since the row may have changed while this waited for the lock.
  const row = found && (await findService(trx, key))
  if (!row) throw noSuchService(key)
  return row
}
