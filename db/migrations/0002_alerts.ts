import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('incidents')
    .addColumn('id', 'bigint', (c) => c.primaryKey().generatedAlwaysAsIdentity())
    .addColumn('service_id', 'integer', (c) => c.notNull().references('services.id').onDelete('cascade'))
    .addColumn('opened_at', 'bigint', (c) => c.notNull())
    .addColumn('silent_since', 'bigint', (c) => c.notNull())
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('note', 'text')
    .addColumn('closed_at', 'bigint')
    .addColumn('acknowledged_at', 'bigint')
    .addColumn('acknowledged_by', 'text')
    .addColumn('remind_at', 'bigint')
    .execute()
  await sql`create unique index incidents_open on incidents (service_id) where closed_at is null`.execute(db)
  await db.schema.createIndex('incidents_by_service').on('incidents').columns(['service_id', 'opened_at']).execute()

  await db.schema
    .createTable('announcements')
    .addColumn('id', 'bigint', (c) => c.primaryKey().generatedAlwaysAsIdentity())
    .addColumn('event', 'text', (c) => c.notNull())
    .addColumn('subject', 'text', (c) => c.unique())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .execute()

  await db.schema
    .createTable('alerts')
    .addColumn('id', 'bigint', (c) => c.primaryKey().generatedAlwaysAsIdentity())
    .addColumn('incident_id', 'bigint', (c) => c.notNull().references('incidents.id').onDelete('cascade'))
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('flapping', 'boolean', (c) => c.notNull().defaultTo(false))
    .addColumn('recorded_at', 'bigint', (c) => c.notNull())
    .addColumn('not_before', 'bigint')
    .addColumn('announcement_id', 'bigint', (c) => c.references('announcements.id'))
    .addColumn('withdrawn', 'boolean', (c) => c.notNull().defaultTo(false))
    .execute()
  await db.schema.createIndex('alerts_by_incident').on('alerts').column('incident_id').execute()
  await sql`create index alerts_pending on alerts (id) where announcement_id is null and not withdrawn`.execute(db)

  await db.schema
    .createTable('messages')
    .addColumn('id', 'bigint', (c) => c.primaryKey().generatedAlwaysAsIdentity())
    .addColumn('announcement_id', 'bigint', (c) => c.notNull().references('announcements.id'))
    .addColumn('target', 'text', (c) => c.notNull())
    .addColumn('part', 'integer', (c) => c.notNull())
    .addColumn('title', 'text', (c) => c.notNull())
    .addColumn('body', 'text', (c) => c.notNull())
    .addColumn('data', 'jsonb', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull().defaultTo('pending'))
    .addColumn('attempts', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('attempted_at', 'bigint')
    .addColumn('unanswered', 'boolean', (c) => c.notNull().defaultTo(false))
    .addColumn('error', 'text')
    .addColumn('settled_at', 'bigint')
    .addUniqueConstraint('messages_once', ['announcement_id', 'target', 'part'])
    .execute()
  await sql`create index messages_pending on messages (target, id) where state = 'pending'`.execute(db)
  await sql`create index messages_failed on messages (settled_at) where state = 'failed'`.execute(db)

  await db.schema
    .createTable('targets')
    .addColumn('name', 'text', (c) => c.primaryKey())
    .addColumn('moved_to', 'text')
    .addColumn('holder', 'text')
    .addColumn('held_since', 'bigint')
    .addColumn('failures', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('failed_at', 'bigint')
    .addColumn('retry_at', 'bigint')
    .execute()

  await db.schema
    .createTable('attentions')
    .addColumn('service_id', 'integer', (c) => c.primaryKey().references('services.id').onDelete('cascade'))
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('note', 'text')
    .execute()

  await db.schema
    .createTable('flapping')
    .addColumn('service_id', 'integer', (c) => c.primaryKey().references('services.id').onDelete('cascade'))
    .addColumn('last_change_at', 'bigint', (c) => c.notNull())
    .execute()

  await sql`alter table listening add column first_at bigint`.execute(db)
  await sql`update listening set first_at = last_at`.execute(db)
  // A service that is down when this runs gets an incident, so that its recovery finds one. It has no alert, so nobody
  // is told.
  await sql`
    insert into incidents (service_id, opened_at, silent_since, reason)
    select service_id, status_since, silence_since, case when failing then 'fail' else 'silence' end
    from service_states where status = 'down'`.execute(db)
}
