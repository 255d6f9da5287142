import type { Selectable } from 'kysely'
import { anyId } from './ids.ts'
import type { Db, KeysTable, Trx } from './schema.ts'

export type KeyRow = Selectable<KeysTable>

export type NewKey = Pick<KeyRow, 'name' | 'scope' | 'group_name' | 'key_prefix' | 'secret_hash' | 'created_at'>

export async function insertKey(db: Db, key: NewKey): Promise<KeyRow> {
  return db.insertInto('keys').values(key).returningAll().executeTakeFirstOrThrow()
}

/** All keys, also revoked ones, the newest first. */
export async function listKeys(db: Db): Promise<KeyRow[]> {
  return db.selectFrom('keys').selectAll().orderBy('id', 'desc').execute()
}

export async function listValidKeys(db: Db): Promise<KeyRow[]> {
  return db.selectFrom('keys').selectAll().where('revoked_at', 'is', null).execute()
}

/** Revokes a key; one that was revoked before keeps its time. @returns the key, or undefined if none has this id */
export async function revokeKey(db: Db, id: number, nowMs: number): Promise<KeyRow | undefined> {
  return db
    .updateTable('keys')
    .set((set) => ({ revoked_at: set.fn.coalesce('revoked_at', set.val(nowMs)) }))
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst()
}

export async function touchKey(db: Db, id: number, nowMs: number): Promise<void> {
  await db.updateTable('keys').set({ last_used_at: nowMs }).where('id', '=', id).execute()
}

/** How many services that still exist each of these keys has registered. A key without any is not in the map. */
export async function countRegistered(db: Db | Trx, ids: readonly number[]): Promise<Map<number, number>> {
  const rows = await db
    .selectFrom('services')
    .select((select) => ['registered_by', select.fn.countAll<number>().as('count')])
    .where('registered_by', '=', anyId(ids))
    .groupBy('registered_by')
    .execute()
  return new Map(rows.map((row) => [row.registered_by as number, row.count]))
}
