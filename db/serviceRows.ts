import { type Selectable, sql } from 'kysely'
import type { Db, ServiceStatesTable, ServicesTable, Trx } from './schema.ts'

/** Without the metadata, which only `metadata.ts` reads. */
type Settings = Omit<Selectable<ServicesTable>, 'registered_by' | 'metadata'>
type StateColumns = Omit<Selectable<ServiceStatesTable>, 'service_id' | 'gaps' | 'last_metadata'>

/** A service with its state, as the lifecycle needs it. */
export type ServiceRow = Omit<Settings, 'created_at'> & StateColumns & EarlyGaps & OfIncident

interface EarlyGaps {
  /** The few gaps of a service whose cadence is not known yet; `null` for others. */
  early_gaps: Uint8Array | null
}

/** Of the newest incident of a service that is down; `null` for others. */
interface OfIncident {
  down_reason: string | null
  down_note: string | null
}

/** A service row with what its strip of gaps and its up-time are made from. */
export type FullServiceRow = ServiceRow & { created_at: number; gaps: number[] }

export const rowColumns = [
  's.id',
  's.key',
  's.display_name',
  's.group_name',
  's.kind',
  's.period_ms',
  's.cron',
  's.timezone',
  's.grace_ms',
  's.dead_after_ms',
  's.since_first_heartbeat',
  's.max_run_ms',
  's.failures_tolerated',
  's.alerts_enabled',
  's.muted_until',
  's.muted_until_recovered',
  's.muted_by',
  'st.version',
  'st.status',
  'st.status_since',
  'st.heartbeat_count',
  'st.last_heartbeat_at',
  'st.silence_since',
  'st.cadence_ms',
  'st.failing',
  'st.fails_in_row',
  'st.paused_at',
  'st.pause_until_heartbeat',
  'st.resumed_at',
  'st.paused_ms',
  'st.gaps_lost',
  'st.scheduled_since',
  'st.runs',
  // The few gaps of a service whose rhythm is not known yet.
  sql<Uint8Array | null>`case when st.cadence_ms is null then st.gaps end`.as('early_gaps'),
  'st.check_at',
  ofIncident<string | null>('reason').as('down_reason'),
  ofIncident<string | null>('note').as('down_note'),
] as const

export const fullColumns = [...rowColumns, 's.created_at', 'st.gaps'] as const

export const withStates = (db: Db | Trx) =>
  db.selectFrom('services as s').innerJoin('service_states as st', 'st.service_id', 's.id')

/**
 * Looks at incidents for services that are down only, of which there are few. The newest one is open, or a pause has ended
 * it, which leaves the service down.
 */
function ofIncident<T>(column: 'reason' | 'note') {
  return sql<T>`case when st.status = 'down' then (
    select i.${sql.ref(column)} from incidents i where i.service_id = s.id
    order by i.opened_at desc, i.id desc limit 1
  ) end`
}

/** Matches any of these texts, by one parameter. */
export function anyOf(keys: string[]) {
  return sql<string>`any(${keys}::text[])`
}
