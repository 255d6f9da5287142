import { sql } from 'kysely'
import { alertRows, type PendingAlert } from './alerts.ts'
import type { CloseReason, Trx } from './schema.ts'

/** How the end of an incident is told. */
export interface Closing {
  kind: 'recovered' | 'closed'
  closeReason: CloseReason
  notBefore: number | null
}

/**
 * Locks what a change of these services closes: their open incidents, and those that were told as flapping and whose end
 * waits until they are steady. In the order of ids, like all who lock incidents.
 */
export async function lockClosing(trx: Trx, serviceIds: readonly number[]): Promise<void> {
  const services = sql`any(${[...serviceIds]}::integer[])`
  // As a union, since an `or` would look through all that the services ever had.
  await sql`
    select id from incidents
    where id in (
      select id from incidents where service_id = ${services} and closed_at is null
      union all
      select i.id from incidents i join alerts a on a.incident_id = i.id
      where i.service_id = ${services} and ${waitsToBeSteady}
    )
    order by id for update`.execute(trx)
}

/** Tells the end of what these services were told as flapping otherwise, or at another time. @returns whether any waits */
export async function moveFlappingOver(
  trx: Trx,
  serviceIds: readonly number[],
  { now, ...closing }: Closing & { now: number },
): Promise<boolean> {
  if (serviceIds.length === 0) return false
  const { kind, closeReason, notBefore } = closing
  const { numAffectedRows = 0n } = await sql`
    update alerts a set kind = ${kind}, close_reason = ${closeReason}, not_before = ${notBefore}::bigint,
      recorded_at = ${now}::bigint from incidents i
    where i.id = a.incident_id and i.service_id = any(${[...serviceIds]}::integer[]) and ${waitsToBeSteady}`.execute(
    trx,
  )
  return numAffectedRows > 0n
}

const waitsToBeSteady = sql`a.close_reason = 'flapping_over' and a.announcement_id is null and not a.withdrawn`

/** Changes how ends are told that have not been told yet. */
export async function changeClosings(trx: Trx, rows: readonly PendingAlert[]): Promise<void> {
  for (const { id, kind, close_reason, recorded_at } of rows)
    await trx.updateTable('alerts').set({ kind, close_reason, recorded_at }).where('id', '=', id).execute()
}

/**
 * Open incidents of which people believe something else than the settings say: `silenced` ones were told, and since then
 * the alerts of their service were switched off; `heard` ones were told as silenced, and the alerts are on again.
 */
export async function switchedIncidents(trx: Trx): Promise<{ silenced: number[]; heard: number[] }> {
  const { rows } = await sql<{ id: number; alertsEnabled: boolean }>`
    select i.id, s.alerts_enabled as "alertsEnabled"
    from incidents i join services s on s.id = i.service_id
      cross join lateral (
        select coalesce(max(a.id) filter (where a.kind = 'down' and a.announcement_id is not null), 0) as told,
          coalesce(max(a.id) filter (where a.kind = 'down'), 0) as down,
          coalesce(max(a.id) filter (where a.kind = 'closed'), 0) as closed,
          coalesce(max(a.id) filter (where a.kind = 'closed' and a.announcement_id is not null), 0) as told_closed
        from alerts a where a.incident_id = i.id and not a.withdrawn
      ) newest
    where i.closed_at is null and (
      (not s.alerts_enabled and told > closed) or (s.alerts_enabled and told_closed > down)
    )
    order by i.id`.execute(trx)
  const idsWhere = (isOn: boolean) => rows.filter(({ alertsEnabled }) => alertsEnabled === isOn).map(({ id }) => id)
  return { silenced: idsWhere(false), heard: idsWhere(true) }
}

/** The newest alert of each incident of a service that was told and whose end was not. */
export async function unendedAlerts(trx: Trx, serviceId: number): Promise<PendingAlert[]> {
  return alertRows(trx)
    .where('i.service_id', '=', serviceId)
    .where('a.kind', '=', 'down')
    .where('a.announcement_id', 'is not', null)
    .where((where) =>
      where.not(
        where.exists((query) =>
          query
            .selectFrom('alerts as later')
            .select('later.id')
            .whereRef('later.incident_id', '=', 'a.incident_id')
            .whereRef('later.id', '>', 'a.id')
            .where('later.kind', 'in', ['down', 'recovered', 'closed'])
            .where('later.announcement_id', 'is not', null),
        ),
      ),
    )
    .orderBy('a.id')
    .execute()
}
