import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table services add column muted_by text`.execute(db)
  await sql`alter table incidents add column close_reason text`.execute(db)
  await sql`alter table messages add column reference text, add column sent_to text`.execute(db)
  await sql`alter table targets add column edit_retry_at bigint`.execute(db)

  await sql`alter table alerts add column part integer, add column line integer`.execute(db)
  await sql`create index alerts_by_message on alerts (announcement_id, part)`.execute(db)
  // Alerts that were announced before get their part and line too: those messages may have to show that it is over.
  await sql`
    update alerts a set part = told.part, line = told.line
    from (
      select distinct m.announcement_id, m.part, s.place - 1 as line, s.service ->> 'service_key' as key
      from messages m cross join jsonb_array_elements(m.data -> 'services') with ordinality as s (service, place)
    ) told
      join services on services.key = told.key
      join incidents i on i.service_id = services.id
    where a.announcement_id = told.announcement_id and a.incident_id = i.id`.execute(db)

  await db.schema
    .createTable('edits')
    .addColumn('message_id', 'bigint', (c) => c.primaryKey().references('messages.id').onDelete('cascade'))
    .addColumn('target', 'text', (c) => c.notNull())
    .addColumn('version', 'integer', (c) => c.notNull().defaultTo(1))
    .addColumn('attempts', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('requested_at', 'bigint', (c) => c.notNull())
    .execute()
  await db.schema.createIndex('edits_by_target').on('edits').columns(['target', 'attempts', 'message_id']).execute()
}
