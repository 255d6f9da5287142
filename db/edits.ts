import { sql } from 'kysely'
import { anyId } from './ids.ts'
import type { Message } from './messages.ts'
import type { Db, Trx } from './schema.ts'
import { NOW_OF_DATABASE } from './targets.ts'
import { DAY_MS } from './units.ts'

/**
 * Has the messages that told of these incidents show what has become of them: those that were sent, once whoever
 * carries them comes round to it, and those that wait, after they were sent. The last thing that a transaction does,
 * since it may wait for another one that does the same.
 *
 * @param announcementId only its messages
 * @returns whether there are any
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
    from alerts a join messages m on m.announcement_id = a.announcement_id and m.part = a.part
    where a.incident_id = ${anyId(incidentIds)} and a.kind in ('down', 'reminder')
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

/** Longer than any wait that the other side can ask for: such a time was written before the clock was set back. */
const LONGEST_WAIT_MS = 2 * DAY_MS

/** Takes up the edit of a target that has waited for longest, one that has failed after those that have not. */
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

/** It is done, unless something else has become of the message's incidents since it was taken up. */
export async function finishEdit(trx: Trx, { id, target, version }: Edit): Promise<void> {
  await trx.deleteFrom('edits').where('message_id', '=', id).where('version', '=', version).execute()
  await trx.updateTable('edits').set({ attempts: 0 }).where('message_id', '=', id).execute()
  await trx.updateTable('targets').set({ edit_retry_at: null }).where('name', '=', target).execute()
}

/** The message cannot be edited, and never will be. */
export async function dropEdit(trx: Trx, { id }: Pick<Edit, 'id'>): Promise<void> {
  await trx.deleteFrom('edits').where('message_id', '=', id).execute()
}

/** Edits of a target wait; its messages do not. */
export async function delayEdits(trx: Trx, target: string, retryAt: number): Promise<void> {
  await trx.updateTable('targets').set({ edit_retry_at: retryAt }).where('name', '=', target).execute()
}

/** Whether any message of a target is to be edited, and when that may be tried again. */
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

/** What nobody has edited for so long never will be: it was not sent, or its chat is not set up any more. */
export async function expireEdits(trx: Trx, requestedBefore: number): Promise<void> {
  await sql`
    delete from edits where message_id in (
      select message_id from edits where requested_at < ${requestedBefore}::bigint order by message_id for update skip locked
    )`.execute(trx)
}
