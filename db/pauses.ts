import { sql } from 'kysely'
import { anyId } from './ids.ts'
import type { Db, Trx } from './schema.ts'
import { MINUTE_MS } from './units.ts'

/** A time in which a service was paused. It has been resumed since. */
export interface Pause {
  serviceId: number
  fromMs: number
  toMs: number
}

/** A pause that begins so soon after the one before is stored as one with it, so that they are few. */
const JOINED_WITHIN_MS = MINUTE_MS

export async function insertPauses(trx: Trx, pauses: readonly Pause[]): Promise<void> {
  if (pauses.length === 0) return
  const ids = pauses.map(({ serviceId }) => serviceId)
  const [froms, tos] = [pauses.map(({ fromMs }) => fromMs), pauses.map(({ toMs }) => toMs)]
  await sql`
    with ended as (
      select * from unnest(${ids}::integer[], ${froms}::bigint[], ${tos}::bigint[]) as ended (service_id, from_at, to_at)
    ), joined as (
      update pauses p set to_at = greatest(p.to_at, e.to_at) from ended e
      where p.service_id = e.service_id and p.to_at >= e.from_at - ${sql.lit(JOINED_WITHIN_MS)} and p.from_at <= e.from_at
      returning p.service_id
    )
    insert into pauses (service_id, from_at, to_at)
    select * from ended where service_id not in (select service_id from joined)`.execute(trx)
}

export async function listPauses(db: Db, serviceIds: readonly number[], endedAfter: number): Promise<Pause[]> {
  return db
    .selectFrom('pauses')
    .select(['service_id as serviceId', 'from_at as fromMs', 'to_at as toMs'])
    .where('service_id', '=', anyId(serviceIds))
    .where('to_at', '>', endedAfter)
    .execute()
}
