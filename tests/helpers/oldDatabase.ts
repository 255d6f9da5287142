import { sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { migrations } from '../../db/migrations/index.ts'
import { openDatabase } from '../../db/open.ts'
import type { Db } from '../../db/schema.ts'
import { readConfig } from '../../server/config.ts'
import type { TestDatabase } from './database.ts'

/** The versions of the schema, named by migrations, the oldest first. */
export const versions = Object.keys(migrations)

/** Resets a test's database to an old version of the schema, and fills it as a server of that version would have. */
export async function leaveAt(
  { env }: TestDatabase,
  version: string,
  fillIn: (db: Db) => Promise<void>,
): Promise<void> {
  const { db, close } = await openDatabase(readConfig(env).database)
  for (const schema of ['public', 'pgboss']) await sql`drop schema if exists ${sql.id(schema)} cascade`.execute(db)
  await sql`create schema public`.execute(db)
  const provider = { getMigrations: async () => migrations }
  const { error } = await new Migrator({ db, provider }).migrateTo(version)
  if (error) throw error
  await fillIn(db)
  await close()
}
