import { sql } from 'kysely'
import type { Trx } from './schema.ts'
import { findServices } from './services.ts'

/** Locks out other registrations and changes of aliases until the transaction ends, so that a key means one service. */
export async function lockKeys(trx: Trx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('stillbeat.keys'))`.execute(trx)
}

/** A service to register, and where it came from. */
export interface Newcomer {
  key: string
  group_name?: string | null
  registered_by?: number | null
}

/** Registers those services whose key is neither a service's key nor an alias yet. */
export async function registerServices(trx: Trx, newcomers: readonly Newcomer[], nowMs: number): Promise<void> {
  await lockKeys(trx)
  const keys = newcomers.map(({ key }) => key)
  const known = new Set((await findServices(trx, keys)).map((row) => row.asked))
  const fresh = newcomers.filter(({ key }) => !known.has(key))
  if (fresh.length === 0) return
  const services = await trx
    .insertInto('services')
    .values(fresh.map((one) => ({ ...one, created_at: nowMs })))
    .returning('id')
    .execute()
  await trx
    .insertInto('service_states')
    .values(
      services.map(({ id }) => ({
        service_id: id,
        status: 'unknown' as const,
        status_since: nowMs,
        silence_since: nowMs,
        check_at: nowMs,
      })),
    )
    .execute()
}
