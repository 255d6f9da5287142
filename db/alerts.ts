import { sql } from 'kysely'
import { anyId } from './ids.ts'
import type { AlertKind, Db, Trx } from './schema.ts'

export interface AlertWrite {
  incidentId: number
  kind: AlertKind
  flapping: boolean
  recordedAt: number
  notBefore: number | null
}

export async function insertAlerts(trx: Trx, alerts: readonly AlertWrite[]): Promise<void> {
  if (alerts.length === 0) return
  await trx
    .insertInto('alerts')
    .values(
      alerts.map(({ incidentId, kind, flapping, recordedAt, notBefore }) => ({
        incident_id: incidentId,
        kind,
        flapping,
        recorded_at: recordedAt,
        not_before: notBefore,
      })),
    )
    .execute()
}

/**
 * Alerts that nobody has been told of yet, in the order in which they were recorded, with all that is said about them;
 * but for those that wait until somebody switches their alerts on, or their service recovers.
 */
export async function pendingAlerts(trx: Trx, ids?: readonly number[]) {
  const query = trx
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
      'i.id as incident_id',
      'i.opened_at',
      'i.silent_since',
      'i.reason',
      'i.note',
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
    ])
    .where('a.announcement_id', 'is', null)
    .where('a.withdrawn', '=', false)
    .where((where) =>
      where.or([
        where('i.closed_at', 'is not', null),
        where.and([where('s.alerts_enabled', '=', true), where('s.muted_until_recovered', '=', false)]),
      ]),
    )
    .orderBy('a.id')
  return (ids ? query.where('a.id', '=', anyId(ids)) : query).execute()
}

export type PendingAlert = Awaited<ReturnType<typeof pendingAlerts>>[number]

/** Since when the oldest alert waits that should have been told by now, but for those that a mute holds back. */
export async function oldestUntoldAt(db: Db, nowMs: number): Promise<number | null> {
  const { rows } = await sql<{ at: number | null }>`
    select min(greatest(a.recorded_at, a.not_before, s.muted_until)) as at
    from alerts a join incidents i on i.id = a.incident_id join services s on s.id = i.service_id
    where a.announcement_id is null and not a.withdrawn and coalesce(a.not_before, 0) <= ${nowMs}
      and s.alerts_enabled and not s.muted_until_recovered and coalesce(s.muted_until, 0) <= ${nowMs}`.execute(db)
  return rows[0]?.at ?? null
}

/** What is known of incidents that have just been closed: whether people know of them, and what keeps them from knowing. */
export async function alertsOf(trx: Trx, incidentIds: readonly number[], nowMs: number): Promise<AlertsOfIncident[]> {
  if (incidentIds.length === 0) return []
  const { rows } = await sql<AlertsOfIncident>`
    select i.id as "incidentId", i.service_id as "serviceId", s.alerts_enabled as "alertsEnabled",
      s.muted_until as "mutedUntil", s.muted_until_recovered as "mutedUntilRecovered", f.last_change_at as "lastChangeAt",
      coalesce(bool_or(a.announcement_id is not null), false) as "isTold",
      coalesce(bool_or(a.announcement_id is null and coalesce(a.not_before, 0) <= ${nowMs}), false) as "isDue"
    from incidents i join services s on s.id = i.service_id left join flapping f on f.service_id = i.service_id
      left join alerts a on a.incident_id = i.id and a.kind = 'down' and not a.withdrawn
    where i.id = ${anyId(incidentIds)}
    group by i.id, s.id, f.service_id`.execute(trx)
  return rows
}

export interface AlertsOfIncident {
  incidentId: number
  serviceId: number
  alertsEnabled: boolean
  mutedUntil: number | null
  mutedUntilRecovered: boolean
  /** When the service last went down or came back while it was flapping. */
  lastChangeAt: number | null
  /** People know of it, or will in a moment. */
  isTold: boolean
  /** It is still to be told, and waits for nothing but company. */
  isDue: boolean
}

/** Takes back what has not been told yet about these incidents: all of it, or what must not be told before a moment. */
export async function withdrawAlerts(
  trx: Trx,
  incidentIds: readonly number[],
  notBefore: number | null = null,
): Promise<void> {
  if (incidentIds.length === 0) return
  const query = trx
    .updateTable('alerts')
    .set({ withdrawn: true })
    .where('incident_id', '=', anyId(incidentIds))
    .where('announcement_id', 'is', null)
  await (notBefore === null ? query : query.where('not_before', '>', notBefore)).execute()
}

export async function withdrawAlertsById(trx: Trx, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return
  await trx.updateTable('alerts').set({ withdrawn: true }).where('id', '=', anyId(ids)).execute()
}

/** How often each of these services has gone down lately, not counting what was never to be told. */
export async function recentDowns(trx: Trx, serviceIds: readonly number[], sinceMs: number) {
  if (serviceIds.length === 0) return []
  const { rows } = await sql<{ serviceId: number; downs: number; lastChangeAt: number | null }>`
    select s.id as "serviceId", f.last_change_at as "lastChangeAt", (
      select count(distinct i.id) from incidents i join alerts a on a.incident_id = i.id
      where i.service_id = s.id and i.opened_at > greatest(${sinceMs}::bigint, f.last_change_at)
        and a.kind = 'down' and not a.withdrawn
    ) as downs
    from unnest(${[...serviceIds]}::integer[]) as s (id) left join flapping f on f.service_id = s.id`.execute(trx)
  return rows
}

/** These services have begun to flap, or went down or came back once more while they did. */
export async function noteFlapping(trx: Trx, serviceIds: readonly number[], at: number): Promise<void> {
  if (serviceIds.length === 0) return
  await trx
    .insertInto('flapping')
    .values(serviceIds.map((id) => ({ service_id: id, last_change_at: at })))
    .onConflict((on) => on.column('service_id').doUpdateSet({ last_change_at: at }))
    .execute()
}

/** They have been told, or are about to be, each in its line: from now on this is the announcement's concern. */
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

/** A mute "until it recovers" ends with the incident. */
export async function unmuteRecovered(trx: Trx, serviceIds: readonly number[]): Promise<void> {
  await trx
    .updateTable('services')
    .set({ muted_until_recovered: false, muted_by: null })
    .where('id', 'in', serviceIds)
    .where('muted_until_recovered', '=', true)
    .execute()
}
