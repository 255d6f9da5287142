import { sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { migrations } from './migrations/index.ts'
import type { Db } from './schema.ts'

class NewerSchemaError extends Error {
  override name = 'NewerSchemaError'
}

/**
 * Migrates the schema to this program's version. Kysely takes an advisory lock, so servers that start together take
 * turns.
 */
export async function migrate(db: Db): Promise<void> {
  const { done, unknown } = await readMigrations(db)
  if (unknown.length > 0) {
    throw new NewerSchemaError(
      `the database was set up by a newer Stillbeat (it knows ${unknown.join(', ')}); start that version or a later one`,
    )
  }
  // Kysely's migrator reads the whole catalog several times. In an embedded database that would be most of the start.
  if (done.length === Object.keys(migrations).length) return
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } })
  const { error } = await migrator.migrateToLatest()
  if (error) throw error
}

/** Migrations that this database has been through and this program does not know, since it is older. */
export async function newerMigrations(db: Db): Promise<string[]> {
  return (await readMigrations(db)).unknown
}

async function readMigrations(db: Db): Promise<{ done: string[]; unknown: string[] }> {
  const done = await doneMigrations(db)
  return { done, unknown: done.filter((name) => !Object.hasOwn(migrations, name)) }
}

async function doneMigrations(db: Db): Promise<string[]> {
  const { rows } = await sql<{
    isThere: boolean
  }>`select to_regclass('kysely_migration') is not null as "isThere"`.execute(db)
  if (!rows[0]?.isThere) return []
  const done = await db
    .withTables<{ kysely_migration: { name: string } }>()
    .selectFrom('kysely_migration')
    .select('name')
    .execute()
  return done.map(({ name }) => name)
}
