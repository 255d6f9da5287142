import { sql } from 'kysely'
import type { Trx } from './schema.ts'

export async function noteAttentions(
  trx: Trx,
  attentions: readonly { serviceId: number; at: number; note: string | null }[],
): Promise<void> {
  if (attentions.length === 0) return
  await trx
    .insertInto('attentions')
    .values(attentions.map(({ serviceId, at, note }) => ({ service_id: serviceId, at, note })))
    .onConflict((on) => on.column('service_id').doUpdateSet({ at: sql`excluded.at`, note: sql`excluded.note` }))
    .execute()
}

/** Forgets what these services asked people to look at. @returns whether there was anything */
export async function clearAttentions(trx: Trx, serviceIds: readonly number[]): Promise<boolean> {
  if (serviceIds.length === 0) return false
  const { numDeletedRows } = await trx.deleteFrom('attentions').where('service_id', 'in', serviceIds).executeTakeFirst()
  return numDeletedRows > 0n
}
