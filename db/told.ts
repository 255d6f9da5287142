import { sql } from 'kysely'
import { ALERT_KINDS } from './alertKinds.ts'
import type { Db, Trx } from './schema.ts'

/** What a message tells: one part of an announcement, or some lines of a part if it was split. */
export interface PartOfAnnouncement {
  announcementId: number
  part: number
  firstLine: number | null
  lines: number
}

/** Whether a message tells of an alert, by their names in a statement. */
export function tells(message: string, alert: string) {
  const [m, a] = [sql.ref(message), sql.ref(alert)]
  return sql`(${m}.announcement_id = ${a}.announcement_id and ${m}.part = ${a}.part and (
    ${m}.first_line is null
    or ${a}.line between ${m}.first_line and ${m}.first_line + jsonb_array_length(${m}.data -> 'services') - 1
  ))`
}

/** Finds a message that tells of incidents, by its id and the time at which it was created. */
export async function findAlertMessage(db: Db | Trx, { id, createdAt }: { id: number; createdAt: number }) {
  return db
    .selectFrom('messages as m')
    .innerJoin('announcements as n', 'n.id', 'm.announcement_id')
    .select([
      'm.announcement_id as announcementId',
      'm.part',
      'm.first_line as firstLine',
      'm.title',
      'm.created_at',
      'n.event',
    ])
    .select(sql<number>`jsonb_array_length(m.data -> 'services')`.as('lines'))
    .where('m.id', '=', id)
    .where('m.created_at', '=', createdAt)
    .where('n.event', 'in', ALERT_KINDS)
    .executeTakeFirst()
}

/**
 * The incidents that a message tells of, as they are now, in the order of its lines. Those of removed services are
 * missing.
 */
export async function toldIncidents(db: Db | Trx, { announcementId, part, firstLine, lines }: PartOfAnnouncement) {
  const query = db
    .selectFrom('alerts as a')
    .innerJoin('incidents as i', 'i.id', 'a.incident_id')
    .innerJoin('services as s', 's.id', 'i.service_id')
    .select([
      'a.line',
      'i.id',
      'i.opened_at',
      'i.silent_since',
      'i.reason',
      'i.note',
      'i.cause_at',
      'i.closed_at',
      'i.close_reason',
      'i.acknowledged_at',
      'i.acknowledged_by',
      's.id as service_id',
      's.key',
      's.display_name',
      's.alerts_enabled',
      's.muted_until',
      's.muted_until_recovered',
      's.muted_by',
    ])
    .where('a.announcement_id', '=', announcementId)
    .where('a.part', '=', part)
    .orderBy('a.line')
  if (firstLine === null) return query.execute()
  return query
    .where('a.line', '>=', firstLine)
    .where('a.line', '<', firstLine + lines)
    .execute()
}

export type ToldIncident = Awaited<ReturnType<typeof toldIncidents>>[number]

/** Counts the services that all parts of an announcement tell of, also those that were removed since. */
export async function countTold(
  db: Db,
  { announcement_id, target }: { announcement_id: number; target: string },
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select coalesce(sum(jsonb_array_length(data->'services')), 0)::integer as count
    from messages where announcement_id = ${announcement_id} and target = ${target}`.execute(db)
  return rows[0]?.count ?? 0
}
