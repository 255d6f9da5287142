import type { Kysely } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('keys')
    .addColumn('id', 'integer', (c) => c.primaryKey().generatedAlwaysAsIdentity())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('scope', 'text', (c) => c.notNull())
    .addColumn('group_name', 'text')
    .addColumn('key_prefix', 'text')
    .addColumn('secret_hash', 'text', (c) => c.notNull().unique())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('last_used_at', 'bigint')
    .addColumn('revoked_at', 'bigint')
    .execute()

  await db.schema
    .alterTable('services')
    .addColumn('registered_by', 'integer', (c) => c.references('keys.id'))
    .execute()
  await db.schema
    .createIndex('services_by_registrar')
    .on('services')
    .column('registered_by')
    .where('registered_by' as never, 'is not', null)
    .execute()

  await db.schema
    .alterTable('sessions')
    .addColumn('key_id', 'integer', (c) => c.references('keys.id'))
    .execute()
}
