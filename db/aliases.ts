import type { Db, Trx } from './schema.ts'

/** The aliases of each service that has any, in alphabetical order. */
export async function findAliases(db: Db | Trx, serviceIds: number[]): Promise<Map<number, string[]>> {
  const found = new Map<number, string[]>()
  if (serviceIds.length === 0) return found
  const rows = await db
    .selectFrom('aliases')
    .select(['service_id', 'alias'])
    .where('service_id', 'in', serviceIds)
    .orderBy('alias')
    .execute()
  for (const { service_id, alias } of rows) found.set(service_id, [...(found.get(service_id) ?? []), alias])
  return found
}

/** Gives a service these aliases and no others. The caller holds lockKeys and has checked that they are free. */
export async function replaceAliases(trx: Trx, serviceId: number, aliases: string[]): Promise<void> {
  await trx.deleteFrom('aliases').where('service_id', '=', serviceId).execute()
  if (aliases.length === 0) return
  await trx
    .insertInto('aliases')
    .values(aliases.map((alias) => ({ alias, service_id: serviceId })))
    .execute()
}
