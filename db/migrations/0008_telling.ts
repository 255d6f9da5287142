import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  // A constant default, so that no row is rewritten.
  await sql`
    alter table messages
      add column copies integer not null default 0,
      add column refusals integer not null default 0,
      add column retry_at bigint`.execute(db)
  await sql`alter table alerts add column close_reason text`.execute(db)
}
