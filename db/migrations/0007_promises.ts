import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table service_states
      add column paused_ms bigint not null default 0,
      add column gaps_lost integer not null default 0,
      add column scheduled_since bigint`.execute(db)
  await sql`alter table services add column since_first_heartbeat boolean not null default false`.execute(db)
  // A schedule that was declared before, of a service that was never heard, counts from the last moment of listening.
  await sql`
    update service_states st set scheduled_since = l.last_at, check_at = l.last_at
    from services s, listening l
    where s.id = st.service_id and st.last_heartbeat_at is null and st.paused_at is null and st.status = 'unknown'
      and (s.cron is not null or s.period_ms is not null)`.execute(db)
}
