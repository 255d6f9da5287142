import { sql } from 'kysely'
import type { Db } from './schema.ts'

export async function insertSession(db: Db, tokenHash: string, keyId: number | null, nowMs: number): Promise<void> {
  await db.insertInto('sessions').values({ token_hash: tokenHash, key_id: keyId, seen_at: nowMs }).execute()
}

export async function findSession(
  db: Db,
  tokenHash: string,
): Promise<{ seen_at: number; key_id: number | null } | undefined> {
  return db.selectFrom('sessions').select(['seen_at', 'key_id']).where('token_hash', '=', tokenHash).executeTakeFirst()
}

/** Which of these sessions have not ended. */
export async function existingSessions(db: Db, tokenHashes: readonly string[]): Promise<Set<string>> {
  const rows = await db
    .selectFrom('sessions')
    .select('token_hash')
    .where('token_hash', '=', sql<string>`any(${[...tokenHashes]}::text[])`)
    .execute()
  return new Set(rows.map((row) => row.token_hash))
}

export async function touchSession(db: Db, tokenHash: string, nowMs: number): Promise<void> {
  await db.updateTable('sessions').set({ seen_at: nowMs }).where('token_hash', '=', tokenHash).execute()
}

export async function deleteSession(db: Db, tokenHash: string): Promise<void> {
  await db.deleteFrom('sessions').where('token_hash', '=', tokenHash).execute()
}

export async function deleteSessionsSeenBefore(db: Db, ms: number): Promise<void> {
  await db.deleteFrom('sessions').where('seen_at', '<', ms).execute()
}
