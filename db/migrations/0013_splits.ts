import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table messages add column first_line integer, add column queued_as bigint,
      drop constraint messages_once`.execute(db)
  await sql`
    create unique index messages_once on messages (announcement_id, target, part, coalesce(first_line, 0))`.execute(db)
  await sql`
    create index messages_queued_as on messages (target) where state = 'pending' and queued_as is not null`.execute(db)
}
