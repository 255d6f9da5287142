import { type Selectable, sql } from 'kysely'
import type { Db, Json, MessagesTable, Trx } from './schema.ts'

export type Message = Selectable<MessagesTable>

/**
 * Locks until the transaction ends, so that one server at a time composes announcements and nothing is announced
 * twice.
 */
export async function lockAnnouncing(trx: Trx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('stillbeat.announcing'))`.execute(trx)
}

export interface AnnouncementWrite {
  event: string
  /** What may be announced only once, e.g. `summary:2026-11-24`; `null` for what may be repeated. */
  subject: string | null
  at: number
  targets: readonly string[]
  parts: readonly { title: string; body: string; data: { [key: string]: Json } }[]
}

/** Keeps a statement below PostgreSQL's limit of 65,535 parameters. */
const ROWS_AT_ONCE = 1_000

/**
 * Stores an announcement, and queues a message for each of its parts and targets (a transactional outbox).
 *
 * @returns its id; `null` if its subject has been announced before
 */
export async function insertAnnouncement(trx: Trx, write: AnnouncementWrite): Promise<number | null> {
  const { event, subject, at, targets, parts } = write
  const announcement = await trx
    .insertInto('announcements')
    .values({ event, subject, at })
    .onConflict((on) => on.column('subject').doNothing())
    .returning('id')
    .executeTakeFirst()
  if (!announcement) return null
  const messages = targets.flatMap((target) =>
    parts.map(({ title, body, data }, part) => ({
      announcement_id: announcement.id,
      target,
      part,
      title,
      body,
      data: JSON.stringify(data),
      created_at: at,
    })),
  )
  for (let first = 0; first < messages.length; first += ROWS_AT_ONCE) {
    await trx
      .insertInto('messages')
      .values(messages.slice(first, first + ROWS_AT_ONCE))
      .execute()
  }
  return announcement.id
}

export async function isAnnounced(db: Db | Trx, subject: string): Promise<boolean> {
  const row = await db.selectFrom('announcements').select('id').where('subject', '=', subject).executeTakeFirst()
  return row !== undefined
}

/** When an announcement of this kind was last made; `null`: never. */
export async function lastAnnouncedAt(db: Db | Trx, event: string): Promise<number | null> {
  const row = await db
    .selectFrom('announcements')
    .select((select) => select.fn.max('at').as('at'))
    .where('event', '=', event)
    .executeTakeFirst()
  return row?.at ?? null
}

/** Messages that failed or have waited too long, counted by target and state; for the summary. */
export async function failingDeliveries(
  db: Db | Trx,
  { failedSince, pendingBefore }: { failedSince: number; pendingBefore: number },
) {
  return db
    .selectFrom('messages')
    .select((select) => [
      'target',
      'state',
      select.fn.countAll<number>().as('count'),
      select.fn.max('error').as('error'),
    ])
    .where((where) =>
      where.or([
        where.and([where('state', '=', 'failed'), where('settled_at', '>', failedSince)]),
        where.and([where('state', '=', 'pending'), where('created_at', '<', pendingBefore)]),
      ]),
    )
    .groupBy(['target', 'state'])
    .orderBy('target')
    .execute()
}
