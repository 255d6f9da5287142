import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  // Constant defaults, so that no row is rewritten.
  await sql`
    alter table services add column max_run_ms bigint, add column failures_tolerated integer`.execute(db)
  await sql`
    alter table service_states add column runs jsonb, add column fails_in_row integer not null default 0`.execute(db)
}
