import type pg from 'pg'
import { encodeGaps } from '../../db/gaps.ts'
import { MINUTE_MS } from '../../db/units.ts'
import { connect } from './database.ts'

/** Services send a heartbeat every 20 minutes, so that none goes down while the bench runs. */
const CADENCE_MS = 20 * MINUTE_MS
const GAPS = encodeGaps(Array.from({ length: 50 }, (_, index) => CADENCE_MS + index))
const AT_ONCE = 100_000

/**
 * Adds services `svc-<from>` to `svc-<to>` that are alive and were last heard within their cadence. The tables must
 * exist.
 */
export async function seedServices(place: { DATABASE_URL: string }, from: number, to: number): Promise<void> {
  const client = await connect(place)
  for (let first = from; first <= to; first += AT_ONCE) {
    await client.query(ADD, [first, Math.min(to, first + AT_ONCE - 1), Date.now(), CADENCE_MS, GAPS])
  }
  await client.query('vacuum analyze services, service_states')
}

const ADD = `
  with fresh as (
    insert into services (key, group_name, created_at)
    select 'svc-' || i, 'group-' || i % 50, $3::bigint from generate_series($1::int, $2::int) i
    returning id
  ), heard as (
    select id, $3::bigint - (random() * $4::int)::bigint as at from fresh
  )
  insert into service_states (
    service_id, version, status, status_since, heartbeat_count, last_heartbeat_at, silence_since, gaps, cadence_ms, check_at
  )
  select id, 60, 'alive', at - 86400000, 60, at, at, $5::bytea, $4::int, at + 2 * $4::int + 1 from heard`

/** Makes a number of services overdue, silent for an hour. They are spread over all that exist. */
export async function makeOverdue(
  place: { DATABASE_URL: string },
  { overdue, of }: { overdue: number; of: number },
): Promise<void> {
  const client = await connect(place)
  await client.query(SILENCE, [Date.now() - 60 * MINUTE_MS, of / overdue, overdue])
  await client.end()
}

const SILENCE = `
  update service_states set
    status = 'alive', last_heartbeat_at = $1::bigint, silence_since = $1::bigint,
    check_at = $1::bigint + (random() * 60000)::bigint
  where service_id = any(select i * $2::int from generate_series(1, $3::int) i)`

/** Spreads the deadlines of the first services over a time to come. @returns the deadlines by the services' numbers */
export async function makeDue(
  client: pg.Client,
  { services, from, spreadMs }: { services: number; from: number; spreadMs: number },
): Promise<Map<number, number>> {
  const { rows } = await client.query(DUE, [services, from, spreadMs, 2 * CADENCE_MS])
  return new Map(rows.map(({ number, deadline }) => [number, Number(deadline)]))
}

const DUE = `
  with due as (select i as number, $2::bigint + i * $3::bigint / $1::int as deadline from generate_series(1, $1::int) i)
  update service_states st set
    last_heartbeat_at = d.deadline - $4::int, silence_since = d.deadline - $4::int, check_at = d.deadline + 1
  from due d join services s on s.key = 'svc-' || d.number
  where st.service_id = s.id
  returning d.number, d.deadline`
