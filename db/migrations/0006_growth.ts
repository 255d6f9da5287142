import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  // The primary key begins with the day, so that rows are added at one end of it and removed at the other. There is no
  // foreign key: to delete rows with their service it would need a second index, as large as the table.
  await sql`
    create table daily_figures (
      day integer not null,
      service_id integer not null,
      heartbeats integer not null,
      starts integer not null,
      successes integer not null,
      fails integer not null,
      logs integer not null,
      attentions integer not null,
      incidents integer not null,
      alive_ms integer not null,
      down_ms integer not null,
      median_gap_ms integer,
      longest_gap_ms integer,
      primary key (day, service_id)
    )`.execute(db)
  await db.schema
    .createTable('rolled_days')
    .addColumn('day', 'integer', (c) => c.primaryKey())
    .addColumn('through_id', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('done', 'boolean', (c) => c.notNull().defaultTo(false))
    .execute()
}
