import { type Selectable, sql } from 'kysely'
import type { Db, Json, MessagesTable, Trx } from './schema.ts'
import { NOW_OF_DATABASE } from './targets.ts'

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

export interface Attempt extends Message {
  /** The attempt before this one got no answer, so the message may have arrived already. */
  repeated: boolean
  moved_to: string | null
  /** Failed attempts of the target since its last success. */
  failures: number
  /** The message that it replies to: the newest one in the same chat about an incident whose end this message tells. */
  reply_to: string | null
}

/**
 * Stores that the oldest pending message of a target is about to be sent, and that its answer is lost until somebody says
 * otherwise. Only the holder of the target gets one.
 */
export async function beginAttempt(
  db: Db,
  { target, address, holder, nowMs }: { target: string; address: string; holder: string; nowMs: number },
): Promise<Attempt | undefined> {
  const { rows } = await sql<Attempt>`
    with held as (
      update targets set held_since = ${NOW_OF_DATABASE} where name = ${target} and holder = ${holder}
      returning name, moved_to, failures
    ),
    oldest as (
      select m.id, m.unanswered, h.moved_to, h.failures from messages m join held h on h.name = m.target
      where m.target = ${target} and m.state = 'pending' order by m.id limit 1
    )
    update messages m set attempts = m.attempts + 1, attempted_at = ${nowMs}::bigint, unanswered = true
    from oldest o where m.id = o.id
    returning m.*, o.unanswered as repeated, o.moved_to, o.failures, (
      select (array_agg(told.reference order by told.id desc))[1]
      from alerts news join alerts known on known.incident_id = news.incident_id
        join messages told on told.announcement_id = known.announcement_id and told.part = known.part
      where news.announcement_id = m.announcement_id and news.part = m.part and news.kind = 'recovered'
        and known.kind <> 'recovered' and told.target = m.target and told.reference is not null
        and told.sent_to = coalesce(o.moved_to, ${address})
    ) as reply_to`.execute(db)
  return rows[0]
}

export async function settleMessage(
  trx: Trx,
  id: number,
  values: {
    state: Message['state']
    unanswered: boolean
    error: string | null
    settledAt: number | null
    reference?: string | undefined
    sentTo?: string | undefined
  },
): Promise<void> {
  const { state, unanswered, error, settledAt, reference, sentTo } = values
  await trx
    .updateTable('messages')
    .set({ state, unanswered, error, settled_at: settledAt, reference, sent_to: sentTo })
    .where('id', '=', id)
    .where('state', '=', 'pending')
    .execute()
}

/** Gives up messages that have waited too long. @returns the target of each */
export async function expireMessages(
  trx: Trx,
  { createdBefore, now }: { createdBefore: number; now: number },
): Promise<string[]> {
  const rows = await trx
    .updateTable('messages')
    .set({ state: 'failed', settled_at: now, error: sql`'given up after three days' || coalesce(': ' || error, '')` })
    .where('state', '=', 'pending')
    .where('created_at', '<', createdBefore)
    .returning('target')
    .execute()
  return rows.map(({ target }) => target)
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
