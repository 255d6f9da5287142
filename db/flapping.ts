import { sql } from 'kysely'
import type { Trx } from './schema.ts'

/**
 * How often each of these services has gone down since a moment, or since it last flapped. Incidents of which nothing
 * was told, nor will be, do not count.
 */
export async function recentDowns(trx: Trx, serviceIds: readonly number[], sinceMs: number) {
  if (serviceIds.length === 0) return []
  const { rows } = await sql<{ serviceId: number; downs: number; lastChangeAt: number | null }>`
    select s.id as "serviceId", f.last_change_at as "lastChangeAt", (
      select count(distinct i.id) from incidents i join alerts a on a.incident_id = i.id
      where i.service_id = s.id and i.opened_at > greatest(${sinceMs}::bigint, f.last_change_at)
        and a.kind in ('down', 'recovered') and not a.withdrawn
    ) as downs
    from unnest(${[...serviceIds]}::integer[]) as s (id) left join flapping f on f.service_id = s.id`.execute(trx)
  return rows
}

/** Remembers when these services began to flap, or last changed while they did. */
export async function noteFlapping(trx: Trx, serviceIds: readonly number[], at: number): Promise<void> {
  if (serviceIds.length === 0) return
  await trx
    .insertInto('flapping')
    .values(serviceIds.map((id) => ({ service_id: id, last_change_at: at })))
    .onConflict((on) => on.column('service_id').doUpdateSet({ last_change_at: at }))
    .execute()
}

/** Forgets that these services flap. */
export async function forgetFlapping(trx: Trx, serviceIds: readonly number[]): Promise<void> {
  await sql`delete from flapping where service_id = any(${[...serviceIds]}::integer[])`.execute(trx)
}
