import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table transitions
      add column nth integer not null default 1,
      add column condensed integer not null default 0,
      add column condensed_downs integer not null default 0`.execute(db)
  await sql`alter table incidents add column condensed integer not null default 0`.execute(db)
}
