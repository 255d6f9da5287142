import { sql } from 'kysely'
import type { Db, Trx } from './schema.ts'
import { rowColumns, type ServiceRow, withStates } from './serviceRows.ts'

/** Services whose check is due: their status may have changed by `nowMs`. The longest overdue come first. */
export async function dueServices(
  db: Db | Trx,
  nowMs: number,
  options: { limit?: number; group?: string | undefined } = {},
): Promise<ServiceRow[]> {
  let query = withStates(db).select(rowColumns).where('st.check_at', '<=', nowMs).orderBy('st.check_at')
  if (options.limit !== undefined) query = query.limit(options.limit)
  if (options.group !== undefined) query = query.where('s.group_name', '=', options.group)
  return query.execute()
}

/** When the next check is due; `null` if none is. */
export async function nextCheckAt(db: Db): Promise<number | null> {
  const row = await db
    .selectFrom('service_states')
    .select('check_at')
    .where('check_at', 'is not', null)
    .orderBy('check_at')
    .limit(1)
    .executeTakeFirst()
  return row?.check_at ?? null
}

/** Makes every check that is set for later due now, so that the watch looks at those services again. */
export async function recheckAll(trx: Trx, nowMs: number): Promise<void> {
  await sql`
    update service_states s set check_at = ${sql.lit(nowMs)}
    from (select service_id from service_states where check_at > ${sql.lit(nowMs)} order by service_id for update) later
    where s.service_id = later.service_id`.execute(trx)
}

/** Has cron lines without a zone of their own count from a moment on, since the server's zone has changed. */
export async function restartSchedulesWithoutZone(trx: Trx, nowMs: number): Promise<void> {
  await sql`
    with concerned as materialized (
      select st.service_id from service_states st join services s on s.id = st.service_id
      where s.cron is not null and s.timezone is null order by st.service_id for update of st
    )
    update service_states st set version = version + 1, scheduled_since = ${sql.lit(nowMs)}
    from concerned c where st.service_id = c.service_id`.execute(trx)
}
