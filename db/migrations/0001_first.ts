import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create type heartbeat_kind as enum ('heartbeat', 'start', 'success', 'fail', 'log', 'attention')`.execute(
    db,
  )

  await db.schema
    .createTable('services')
    .addColumn('id', 'integer', (c) => c.primaryKey().generatedAlwaysAsIdentity())
    .addColumn('key', sql`text collate "C"`, (c) => c.notNull().unique())
    .addColumn('display_name', 'text')
    .addColumn('group_name', 'text')
    .addColumn('kind', 'text')
    .addColumn('period_ms', 'bigint')
    .addColumn('cron', 'text')
    .addColumn('timezone', 'text')
    .addColumn('grace_ms', 'bigint')
    .addColumn('dead_after_ms', 'bigint')
    .addColumn('alerts_enabled', 'boolean', (c) => c.notNull().defaultTo(true))
    .addColumn('muted_until', 'bigint')
    .addColumn('muted_until_recovered', 'boolean', (c) => c.notNull().defaultTo(false))
    .addColumn('metadata', 'jsonb')
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .execute()
  await db.schema
    .createIndex('services_by_group')
    .on('services')
    .column('group_name')
    .where('group_name', 'is not', null)
    .execute()

  // Half-empty pages leave room for the next version of a row beside the last one, so that a heartbeat touches no
  // index (a HOT update).
  await sql`
    create table service_states (
      service_id integer primary key references services (id) on delete cascade,
      version bigint not null default 0,
      status text not null,
      status_since bigint not null,
      heartbeat_count bigint not null default 0,
      last_heartbeat_at bigint,
      silence_since bigint not null,
      gaps bytea not null default '',
      cadence_ms double precision,
      failing boolean not null default false,
      paused_at bigint,
      pause_until_heartbeat boolean not null default false,
      resumed_at bigint,
      last_metadata jsonb,
      check_at bigint
    ) with (fillfactor = 50)`.execute(db)
  await db.schema
    .createIndex('service_states_by_check_at')
    .on('service_states')
    .column('check_at')
    .where('check_at', 'is not', null)
    .execute()

  await db.schema
    .createTable('aliases')
    .addColumn('alias', sql`text collate "C"`, (c) => c.primaryKey())
    .addColumn('service_id', 'integer', (c) => c.notNull().references('services.id').onDelete('cascade'))
    .execute()
  await db.schema.createIndex('aliases_by_service').on('aliases').column('service_id').execute()

  // No foreign key to services: its check would lock a services row for every heartbeat.
  await sql`
    create table heartbeats (
      service_id integer not null,
      at bigint not null,
      kind heartbeat_kind not null default 'heartbeat',
      details jsonb
    ) partition by range (at)`.execute(db)
  await db.schema.createIndex('heartbeats_by_service').on('heartbeats').columns(['service_id', 'at']).execute()

  await db.schema
    .createTable('transitions')
    .addColumn('id', 'bigint', (c) => c.primaryKey().generatedAlwaysAsIdentity())
    .addColumn('service_id', 'integer', (c) => c.notNull().references('services.id').onDelete('cascade'))
    .addColumn('from_status', 'text', (c) => c.notNull())
    .addColumn('to_status', 'text', (c) => c.notNull())
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .execute()
  await db.schema.createIndex('transitions_by_service').on('transitions').columns(['service_id', 'at']).execute()
  await db.schema.createIndex('transitions_by_time').on('transitions').columns(['at']).execute()

  await db.schema
    .createTable('listening')
    .addColumn('id', 'integer', (c) => c.primaryKey().defaultTo(1).check(sql`id = 1`))
    .addColumn('last_at', 'bigint', (c) => c.notNull())
    .addColumn('rules', 'text', (c) => c.notNull().defaultTo(''))
    .execute()
  await db.schema
    .createTable('outages')
    .addColumn('id', 'bigint', (c) => c.primaryKey().generatedAlwaysAsIdentity())
    .addColumn('from_at', 'bigint', (c) => c.notNull())
    .addColumn('to_at', 'bigint', (c) => c.notNull())
    .execute()
  await db.schema.createIndex('outages_by_end').on('outages').column('to_at').execute()
}
