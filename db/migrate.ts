import { Migrator } from 'kysely/migration'
import { migrations } from './migrations/index.ts'
import type { Db } from './schema.ts'

class NewerSchemaError extends Error {
  override name = 'NewerSchemaError'
}

/** Brings the schema up to this program's version. Kysely holds an advisory lock, so servers that start together take turns. */
export async function migrate(db: Db): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } })
  const done = (await migrator.getMigrations()).filter((m) => m.executedAt).map((m) => m.name)
  const unknown = await foreignMigrations(db, done)
  if (unknown.length > 0) {
    throw new NewerSchemaError(
      `the database was set up by a newer Stillbeat (it knows ${unknown.join(', ')}); start that version or a later one`,
    )
  }
  const { error } = await migrator.migrateToLatest()
  if (error) throw error
}

async function foreignMigrations(db: Db, known: string[]): Promise<string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true })
  if (!tables.some((table) => table.name === 'kysely_migration')) return []
  const rows = await db
    .withTables<{ kysely_migration: { name: string } }>()
    .selectFrom('kysely_migration')
    .select('name')
    .execute()
  return rows.map((row) => row.name).filter((name) => !known.includes(name))
}
