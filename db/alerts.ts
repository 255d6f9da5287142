import { sql } from 'kysely'
import { anyId } from './ids.ts'
import type { AlertKind, CloseReason, Db, Trx } from './schema.ts'

export interface AlertWrite {
  incidentId: number
  kind: AlertKind
  flapping: boolean
  recordedAt: number
  notBefore: number | null
  closeReason: CloseReason | null
}

export async function insertAlerts(trx: Trx, alerts: readonly AlertWrite[]): Promise<void> {
  if (alerts.length === 0) return
  await trx
    .insertInto('alerts')
    .values(
      alerts.map(({ incidentId, kind, flapping, recordedAt, notBefore, closeReason }) => ({
        incident_id: incidentId,
        kind,
        flapping,
        recorded_at: recordedAt,
        not_before: notBefore,
        close_reason: closeReason,
      })),
    )
    .execute()
}

/** Whether the newest that people were told of an incident `i` is that it is down, of its alerts `a`. */
const isTold = sql<boolean>`
  coalesce(max(a.id) filter (where a.kind = 'down' and a.announcement_id is not null), 0)
    > coalesce(max(a.id) filter (where a.kind in ('recovered', 'closed')), 0)`

/** Alerts with all that a message says about them. `is_told`: people know already that it is down. */
export const alertRows = (trx: Trx) =>
  trx
    .selectFrom('alerts as a')
    .innerJoin('incidents as i', 'i.id', 'a.incident_id')
    .innerJoin('services as s', 's.id', 'i.service_id')
    .innerJoin('service_states as st', 'st.service_id', 's.id')
    .select([
      'a.id',
      'a.kind',
      'a.flapping',
      'a.recorded_at',
      'a.not_before',
      'a.close_reason',
      'i.id as incident_id',
      'i.opened_at',
      'i.silent_since',
      'i.reason',
      'i.note',
      'i.cause_at',
      'i.closed_at',
      'i.acknowledged_at',
      's.id as service_id',
      's.key',
      's.display_name',
      's.group_name',
      's.period_ms',
      's.cron',
      's.alerts_enabled',
      's.muted_until',
      's.muted_until_recovered',
      'st.cadence_ms',
      'st.paused_at',
      sql<boolean>`(select ${isTold} from alerts a where a.incident_id = i.id and a.announcement_id is not null)`.as(
        'is_told',
      ),
    ])

/**
 * Alerts that no announcement tells of yet, oldest first. That an incident is open is left out while the service's alerts
 * are switched off or muted until it recovers.
 */
export async function pendingAlerts(trx: Trx, ids?: readonly number[]) {
  const query = alertRows(trx)
    .where('a.announcement_id', 'is', null)
    .where('a.withdrawn', '=', false)
    .where((where) =>
      where.or([
        where('i.closed_at', 'is not', null),
        where('a.kind', '=', 'closed'),
        where.and([where('s.alerts_enabled', '=', true), where('s.muted_until_recovered', '=', false)]),
      ]),
    )
    .orderBy('a.id')
  return (ids ? query.where('a.id', '=', anyId(ids)) : query).execute()
}

export type PendingAlert = Awaited<ReturnType<typeof pendingAlerts>>[number]

/** When the oldest alert became due that is not announced yet; `null` if there is none. Muted alerts do not count. */
export async function oldestUntoldAt(db: Db, nowMs: number): Promise<number | null> {
  const { rows } = await sql<{ at: number | null }>`
    select min(greatest(a.recorded_at, a.not_before, s.muted_until)) as at
    from alerts a join incidents i on i.id = a.incident_id join services s on s.id = i.service_id
    where a.announcement_id is null and not a.withdrawn and coalesce(a.not_before, 0) <= ${nowMs}
      and s.alerts_enabled and not s.muted_until_recovered and coalesce(s.muted_until, 0) <= ${nowMs}`.execute(db)
  return rows[0]?.at ?? null
}

/** The alerts about incidents: whether people were told, and if not, what holds them back. */
export async function alertsOf(trx: Trx, incidentIds: readonly number[], nowMs: number): Promise<AlertsOfIncident[]> {
  if (incidentIds.length === 0) return []
  const { rows } = await sql<AlertsOfIncident>`
    select i.id as "incidentId", i.service_id as "serviceId", s.alerts_enabled as "alertsEnabled",
      s.muted_until as "mutedUntil", s.muted_until_recovered as "mutedUntilRecovered", f.last_change_at as "lastChangeAt",
      i.opened_at as "openedAt", i.closed_at as "closedAt", ${isTold} as "isTold",
      coalesce(bool_or(a.announcement_id is null and coalesce(a.not_before, 0) <= ${nowMs}) filter (where a.kind = 'down'), false)
        as "isDue",
      coalesce(bool_or(a.announcement_id is null and a.kind in ('down', 'changed')), false) as "isAwaited",
      coalesce(bool_or(a.announcement_id is null and a.flapping), false) as "isFirstOfFlapping"
    from incidents i join services s on s.id = i.service_id left join flapping f on f.service_id = i.service_id
      left join alerts a on a.incident_id = i.id and not a.withdrawn
    where i.id = ${anyId(incidentIds)}
    group by i.id, s.id, f.service_id`.execute(trx)
  return rows
}

export interface AlertsOfIncident {
  incidentId: number
  serviceId: number
  openedAt: number
  closedAt: number | null
  alertsEnabled: boolean
  mutedUntil: number | null
  mutedUntilRecovered: boolean
  /** When the service last went down or recovered while it was flapping. */
  lastChangeAt: number | null
  /** An announcement tells of it, so people know or will in a moment, and none tells of its end. */
  isTold: boolean
  /** Its alert may be announced now, and waits only to be grouped with others. */
  isDue: boolean
  /** An alert that tells why it is down is not announced yet. */
  isAwaited: boolean
  /** The alert that says that its service is flapping is not announced yet. */
  isFirstOfFlapping: boolean
}

/** Cancels all unannounced alerts about these incidents. */
export async function withdrawAlerts(trx: Trx, incidentIds: readonly number[]): Promise<void> {
  if (incidentIds.length > 0) await withdrawal(trx, incidentIds).execute()
}

/** Cancels those of them that are held back until after a moment. */
export async function withdrawHeldAlerts(trx: Trx, incidentIds: readonly number[], now: number): Promise<void> {
  if (incidentIds.length > 0) await withdrawal(trx, incidentIds).where('not_before', '>', now).execute()
}

/** Cancels those of them that tell another cause of what is down. */
export async function withdrawChanged(trx: Trx, incidentIds: readonly number[]): Promise<void> {
  if (incidentIds.length > 0) await withdrawal(trx, incidentIds).where('kind', '=', 'changed').execute()
}

const withdrawal = (trx: Trx, incidentIds: readonly number[]) =>
  trx
    .updateTable('alerts')
    .set({ withdrawn: true })
    .where('incident_id', '=', anyId(incidentIds))
    .where('announcement_id', 'is', null)

export async function withdrawAlertsById(trx: Trx, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return
  await trx.updateTable('alerts').set({ withdrawn: true }).where('id', '=', anyId(ids)).execute()
}

/** Assigns alerts to an announcement, each to a part of it and a line of that part. They are not pending any more. */
export async function markAnnounced(
  trx: Trx,
  announcementId: number,
  places: readonly { alertId: number; part: number; line: number }[],
): Promise<void> {
  const ids = places.map(({ alertId }) => alertId)
  const parts = places.map(({ part }) => part)
  const lines = places.map(({ line }) => line)
  await sql`
    update alerts a set announcement_id = ${announcementId}, part = told.part, line = told.line
    from unnest(${ids}::bigint[], ${parts}::integer[], ${lines}::integer[]) as told (id, part, line)
    where a.id = told.id`.execute(trx)
}

/** Ends the mutes "until it recovers" of services that have recovered. */
export async function unmuteRecovered(trx: Trx, serviceIds: readonly number[]): Promise<void> {
  await trx
    .updateTable('services')
    .set({ muted_until_recovered: false, muted_by: null })
    .where('id', 'in', serviceIds)
    .where('muted_until_recovered', '=', true)
    .execute()
}
