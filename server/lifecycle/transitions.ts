import type { Trx } from '../../db/schema.ts'
import { insertTransitions } from '../../db/transitions.ts'
import type { Change } from './transition.ts'

export interface ServiceChange extends Change {
  serviceId: number
}

/**
 * The one place where a change of status becomes a row, in the transaction that changes the status. An alert about it
 * is enqueued here and nowhere else, so that the two commit together or not at all.
 */
export async function storeTransitions(trx: Trx, changes: readonly ServiceChange[]): Promise<void> {
  await insertTransitions(trx, changes)
}
