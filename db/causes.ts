import { sql } from 'kysely'
import { anyId } from './ids.ts'
import type { Trx } from './schema.ts'

export interface OpenCause {
  incidentId: number
  serviceId: number
  reason: string
  note: string | null
  /** When a message last told why it is down; of what an older version told, when it went down. */
  toldAt: number
}

/** Why these services are down, by their open incidents. */
export async function openCauses(trx: Trx, serviceIds: readonly number[]): Promise<OpenCause[]> {
  const { rows } = await sql<OpenCause>`
    select id as "incidentId", service_id as "serviceId", reason, note, coalesce(told_at, opened_at) as "toldAt"
    from incidents where service_id = any(${[...serviceIds]}::integer[]) and closed_at is null`.execute(trx)
  return rows
}

export interface CauseWrite {
  incidentId: number
  reason: string
  note: string | null
  at: number
  /** When the run started that has not ended; `null` keeps since when it was silent. */
  startedAt: number | null
}

/** Gives open incidents another cause. Their locks are held already. */
export async function replaceCauses(trx: Trx, causes: readonly CauseWrite[]): Promise<void> {
  if (causes.length === 0) return
  const ids = causes.map(({ incidentId }) => incidentId)
  const reasons = causes.map(({ reason }) => reason)
  const notes = causes.map(({ note }) => note)
  const times = causes.map(({ at }) => at)
  const starts = causes.map(({ startedAt }) => startedAt)
  await sql`
    update incidents i set reason = c.reason, note = c.note, cause_at = greatest(c.at, i.opened_at),
      silent_since = coalesce(c.started_at, i.silent_since)
    from unnest(${ids}::bigint[], ${reasons}::text[], ${notes}::text[], ${times}::bigint[], ${starts}::bigint[])
      as c (id, reason, note, at, started_at)
    where i.id = c.id`.execute(trx)
}

/** Notes that a message tells why these are down. */
export async function noteTold(trx: Trx, incidentIds: readonly number[], at: number): Promise<void> {
  await sql`update incidents set told_at = ${at}::bigint where id = ${anyId(incidentIds)}`.execute(trx)
}
