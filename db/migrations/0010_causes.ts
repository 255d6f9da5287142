import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table incidents
      add column cause_at bigint,
      add column told_at bigint`.execute(db)
}
