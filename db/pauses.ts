import { anyId } from './ids.ts'
import type { Db, Trx } from './schema.ts'

/** A time in which a service was paused. It has been resumed since. */
export interface Pause {
  serviceId: number
  fromMs: number
  toMs: number
}

export async function insertPauses(trx: Trx, pauses: readonly Pause[]): Promise<void> {
  if (pauses.length === 0) return
  await trx
    .insertInto('pauses')
    .values(pauses.map(({ serviceId, fromMs, toMs }) => ({ service_id: serviceId, from_at: fromMs, to_at: toMs })))
    .execute()
}

export async function listPauses(db: Db, serviceIds: readonly number[], endedAfter: number): Promise<Pause[]> {
  return db
    .selectFrom('pauses')
    .select(['service_id as serviceId', 'from_at as fromMs', 'to_at as toMs'])
    .where('service_id', '=', anyId(serviceIds))
    .where('to_at', '>', endedAfter)
    .execute()
}
