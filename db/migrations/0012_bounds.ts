import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table transitions
      add column nth integer not null default 1,
      add column condensed integer not null default 0,
      add column condensed_downs integer not null default 0`.execute(db)
  // In the order in which a past is read, page by page.
  await sql`create index transitions_of_service on transitions (service_id, at, id)`.execute(db)
  await sql`drop index transitions_by_service`.execute(db)
  await sql`alter table incidents add column condensed integer not null default 0`.execute(db)
}
