import type { Trx } from '../../db/schema.ts'
import type { FullServiceRow } from '../../db/serviceRows.ts'
import { findService, lockStates } from '../../db/services.ts'
import { noSuchService } from '../errors.ts'

/** A service whose state nobody else changes until the transaction ends; as everybody, before anything else of it. */
export async function findAndLock(trx: Trx, key: string): Promise<FullServiceRow> {
  const found = await findService(trx, key)
  if (found) await lockStates(trx, [found.id])
  const row = found && (await findService(trx, key))
  if (!row) throw noSuchService(key)
  return row
}
