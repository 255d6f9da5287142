import { sql } from 'kysely'
import { anyId } from './ids.ts'
import type { Message } from './messages.ts'
import type { Db, Trx } from './schema.ts'
import { NOW_OF_DATABASE } from './targets.ts'
import { tells } from './told.ts'
import { DAY_MS } from './units.ts'

/**
 * Requests an edit of every message that told of these incidents, so that it shows their new state. The courier of its
 * target edits it; a message that is still pending is edited after it was sent. Call this last in a transaction, since
 * it may wait for another transaction that does the same.
 *
 * @param announcementId limits it to the messages of one announcement
 * @returns whether any edit was requested
 */
export async function requestEdits(
  trx: Trx,
  incidentIds: readonly number[],
  nowMs: number,
  announcementId: number | null = null,
): Promise<boolean> {
  if (incidentIds.length === 0) return false
  const { rows } = await sql`
    insert into edits (message_id, target, requested_at)
    select distinct m.id, m.target, ${nowMs}::bigint
    from alerts a join messages m on ${tells('m', 'a')}
    where a.incident_id = ${anyId(incidentIds)} and a.kind in ('down', 'changed', 'reminder')
      and (${announcementId}::bigint is null or m.announcement_id = ${announcementId}::bigint)
      and (m.state = 'pending' or m.reference is not null)
    order by m.id
    on conflict (message_id) do update set version = edits.version + 1, requested_at = excluded.requested_at
    returning message_id`.execute(trx)
  return rows.length > 0
}

export interface Edit extends Message {
  reference: string
  version: number
  moved_to: string | null
}

/**
 * Longer than any delay that a target can ask for. A retry time further ahead is from before the clock was set back.
 */
const LONGEST_WAIT_MS = 2 * DAY_MS

/**
 * Begins a target's next edit: the one with the fewest attempts, then of the oldest message. Only its holder gets one.
 */
export async function beginEdit(
  db: Db,
  { target, holder, nowMs }: { target: string; holder: string; nowMs: number },
): Promise<(Edit & { failures: number }) | undefined> {
  const { rows } = await sql<Edit & { failures: number }>`
    with held as (
      update targets set held_since = ${NOW_OF_DATABASE} where name = ${target} and holder = ${holder}
      returning name, moved_to, edit_retry_at
    ),
    next as (
      select e.message_id, h.moved_to
      from edits e join held h on h.name = e.target join messages m on m.id = e.message_id
      where e.target = ${target} and m.state = 'sent' and m.reference is not null
        and (h.edit_retry_at is null or h.edit_retry_at not between ${nowMs + 1} and ${nowMs + LONGEST_WAIT_MS})
      order by e.attempts, e.message_id limit 1
    )
    update edits e set attempts = e.attempts + 1 from next n join messages m on m.id = n.message_id
    where e.message_id = n.message_id
    returning m.*, e.version, e.attempts - 1 as failures, n.moved_to`.execute(db)
  return rows[0]
}

/** Removes an edit that was made. If another one was requested meanwhile, it stays, with no attempts counted. */
export async function finishEdit(trx: Trx, { id, target, version }: Edit): Promise<void> {
  await trx.deleteFrom('edits').where('message_id', '=', id).where('version', '=', version).execute()
  await trx.updateTable('edits').set({ attempts: 0 }).where('message_id', '=', id).execute()
  await trx.updateTable('targets').set({ edit_retry_at: null }).where('name', '=', target).execute()
}

/** Gives up the edit of a message that can never be edited. */
export async function dropEdit(trx: Trx, { id }: Pick<Edit, 'id'>): Promise<void> {
  await trx.deleteFrom('edits').where('message_id', '=', id).execute()
}

/** Delays the edits of a target until `retryAt`. New messages are not delayed. */
export async function delayEdits(trx: Trx, target: string, retryAt: number): Promise<void> {
  await trx.updateTable('targets').set({ edit_retry_at: retryAt }).where('name', '=', target).execute()
}

/** When a target's next edit may be tried (`null`: now); undefined if it has none. */
export async function editsWaitUntil(db: Db, target: string): Promise<{ retryAt: number | null } | undefined> {
  return db
    .selectFrom('edits as e')
    .innerJoin('messages as m', 'm.id', 'e.message_id')
    .innerJoin('targets as t', 't.name', 'e.target')
    .select('t.edit_retry_at as retryAt')
    .where('e.target', '=', target)
    .where('m.state', '=', 'sent')
    .where('m.reference', 'is not', null)
    .limit(1)
    .executeTakeFirst()
}

/** Gives up edits that were requested before a moment: the message was never sent, or its chat is no longer set up. */
export async function expireEdits(trx: Trx, requestedBefore: number): Promise<void> {
  await sql`
    delete from edits where message_id in (
      select message_id from edits where requested_at < ${requestedBefore}::bigint order by message_id for update skip locked
    )`.execute(trx)
}
