import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create index alerts_flapping on alerts (incident_id)
    where close_reason = 'flapping_over' and announcement_id is null and not withdrawn`.execute(db)
  await sql`create index incidents_of_service on incidents (service_id, opened_at)`.execute(db)
  await sql`create index incidents_closed on incidents (closed_at) where closed_at is not null`.execute(db)
}
