import { type Selectable, sql } from 'kysely'
import { anyId } from './ids.ts'
import type { Db, IncidentsTable, Status, Trx } from './schema.ts'

export type Incident = Selectable<IncidentsTable>

export interface Opening {
  serviceId: number
  at: number
  silentSince: number
  reason: string
  note: string | null
}

export interface OpenedIncident {
  id: number
  serviceId: number
  openedAt: number
}

/** Opens an incident for each of the services that has none open. */
export async function openIncidents(trx: Trx, openings: readonly Opening[]): Promise<OpenedIncident[]> {
  if (openings.length === 0) return []
  return trx
    .insertInto('incidents')
    .values(
      openings.map(({ serviceId, at, silentSince, reason, note }) => ({
        service_id: serviceId,
        opened_at: at,
        silent_since: silentSince,
        reason,
        note,
      })),
    )
    .onConflict((on) => on.column('service_id').where('closed_at', 'is', null).doNothing())
    .returning(['id', 'service_id as serviceId', 'opened_at as openedAt'])
    .execute()
}

/** Closes the open incidents of these services. */
export async function closeIncidents(
  trx: Trx,
  closings: readonly { serviceId: number; at: number; reason: string }[],
): Promise<OpenedIncident[]> {
  if (closings.length === 0) return []
  const ids = closings.map(({ serviceId }) => serviceId)
  const times = closings.map(({ at }) => at)
  const reasons = closings.map(({ reason }) => reason)
  const { rows } = await sql<OpenedIncident>`
    with open as materialized (
      select id from incidents where service_id = any(${ids}::integer[]) and closed_at is null order by id for update
    )
    update incidents i set closed_at = greatest(c.at, i.opened_at), close_reason = c.reason, remind_at = null
    from unnest(${ids}::integer[], ${times}::bigint[], ${reasons}::text[]) as c (service_id, at, reason), open
    where i.service_id = c.service_id and i.id = open.id
    returning i.id, i.service_id as "serviceId", i.opened_at as "openedAt"`.execute(trx)
  return rows
}

export async function findOpenIncident(db: Db | Trx, serviceId: number): Promise<Incident | undefined> {
  return db
    .selectFrom('incidents')
    .selectAll()
    .where('service_id', '=', serviceId)
    .where('closed_at', 'is', null)
    .executeTakeFirst()
}

/**
 * Locks incidents until the transaction ends. All writers lock them in the order of their ids, so that none deadlock.
 */
export async function lockIncidents(trx: Trx, ids: readonly number[]): Promise<void> {
  await sql`select id from incidents where id = ${anyId(ids)} order by id for update`.execute(trx)
}

/** Locks all incidents of a service that is about to be removed, in the same order. @returns the open ones */
export async function lockIncidentsOf(trx: Trx, serviceId: number): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    with locked as materialized (
      select id, closed_at from incidents where service_id = ${serviceId} order by id for update
    )
    select id from locked where closed_at is null`.execute(trx)
  return rows.map(({ id }) => id)
}

/** Acknowledges open incidents, which ends their reminders. The first time and the first name given are kept. */
export async function acknowledgeIncidents(
  trx: Trx,
  ids: readonly number[],
  { at, by }: { at: number; by: string | null },
): Promise<void> {
  await lockIncidents(trx, ids)
  await trx
    .updateTable('incidents')
    .set((set) => ({
      acknowledged_by: set.fn.coalesce('acknowledged_by', sql<string>`${by}::text`),
      acknowledged_at: set.fn.coalesce('acknowledged_at', sql<number>`${at}::bigint`),
      remind_at: null,
    }))
    .where('id', '=', anyId(ids))
    .where('closed_at', 'is', null)
    .execute()
}

/**
 * Claims the incidents whose reminder is due and schedules their next one. If the service is not down any more, or is
 * dead, there is no next one.
 *
 * @returns the incidents to remind of now: the service is down, and no earlier reminder still waits to be announced
 */
export async function takeRemindable(
  trx: Trx,
  { nowMs, nextRemindAt, limit }: { nowMs: number; nextRemindAt: number; limit: number },
): Promise<number[]> {
  const { rows } = await sql<{ id: number; status: Status; waits: boolean }>`
    update incidents i set remind_at = case when st.status = 'down' then ${nextRemindAt}::bigint end
    from service_states st
    where i.id in (
      select id from incidents where remind_at <= ${nowMs} and closed_at is null order by id limit ${limit} for update
    ) and st.service_id = i.service_id
    returning i.id, st.status, exists (
      select from alerts a
      where a.incident_id = i.id and a.kind = 'reminder' and a.announcement_id is null and not a.withdrawn
    ) as waits`.execute(trx)
  return rows.filter(({ status, waits }) => status === 'down' && !waits).map(({ id }) => id)
}

/**
 * Schedules reminders of open incidents that nobody has acknowledged: of those just announced, and of those announced
 * earlier without one, whose service is down.
 */
export async function scheduleReminders(trx: Trx, justTold: readonly number[], at: number): Promise<void> {
  await sql`
    update incidents i set remind_at = ${at}::bigint from service_states st
    where st.service_id = i.service_id and i.closed_at is null and i.acknowledged_at is null and (
      i.id = ${anyId(justTold)} or (
        i.remind_at is null and st.status = 'down'
        and exists (select from alerts a where a.incident_id = i.id and a.announcement_id is not null)
      )
    )`.execute(trx)
}

export async function nextReminderAt(db: Db | Trx): Promise<number | null> {
  const row = await db
    .selectFrom('incidents')
    .select((select) => select.fn.min('remind_at').as('at'))
    .where('closed_at', 'is', null)
    .executeTakeFirst()
  return row?.at ?? null
}
