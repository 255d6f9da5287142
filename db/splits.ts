import { sql } from 'kysely'
import { PASSED_AFTER } from './copies.ts'
import type { Message } from './messages.ts'
import type { Json, Trx } from './schema.ts'

/** What one of the messages tells that a message is split into. */
export interface Piece {
  title: string
  body: string
  data: { [key: string]: Json }
}

/**
 * Splits a pending message: it keeps the first piece, and each other one gets a message that is queued in its place. All
 * have new ids outside, since their text is another one, and may be tried a few more times.
 */
export async function splitMessage(
  trx: Trx,
  { id, ...message }: Pick<Message, 'id' | 'first_line' | 'queued_as'>,
  { pieces, error, nowMs }: { pieces: readonly Piece[]; error: string; nowMs: number },
): Promise<void> {
  let line = message.first_line ?? 0
  for (const [index, { title, body, data }] of pieces.entries()) {
    const text = JSON.stringify(data)
    const { rows } = await (index === 0
      ? sql<{ id: number }>`
          update messages set title = ${title}, body = ${body}, data = ${text}, first_line = ${line}::integer,
            created_at = ${nowMs}::bigint, copies = ${PASSED_AFTER - 1}, refusals = ${PASSED_AFTER}, retry_at = null,
            unanswered = false, error = ${error}
          where id = ${id} and state = 'pending' returning id`
      : sql<{ id: number }>`
          insert into messages (announcement_id, target, part, title, body, data, created_at, attempts, attempted_at,
            copies, refusals, error, first_line, queued_as)
          select announcement_id, target, part, ${title}, ${body}, ${text}, created_at, attempts, attempted_at,
            copies, refusals, error, ${line}::integer, coalesce(queued_as, id)
          from messages where id = ${id} and state = 'pending' returning id`
    ).execute(trx)
    line += (data.services as Json[]).length
    for (const row of rows) await requestEdit(trx, row.id, nowMs)
  }
}

/**
 * Lets the other pieces of a message be tried at once, now that one got through, so that those about several services are
 * split further.
 */
export async function releasePieces(
  trx: Trx,
  { announcement_id: announcementId, target, part, first_line: firstLine }: Message,
): Promise<void> {
  if (firstLine === null) return
  await sql`
    update messages set retry_at = null
    where announcement_id = ${announcementId} and target = ${target} and part = ${part} and state = 'pending'
      and first_line is not null and jsonb_array_length(data -> 'services') > 1`.execute(trx)
}

/** Something may have changed since it was composed. */
async function requestEdit(trx: Trx, messageId: number, nowMs: number): Promise<void> {
  await sql`
    insert into edits (message_id, target, requested_at)
    select id, target, ${nowMs}::bigint from messages where id = ${messageId}
    on conflict (message_id) do update set version = edits.version + 1, requested_at = excluded.requested_at`.execute(
    trx,
  )
}

/** Whether a target has taken any message since a moment. */
export async function hasTakenSince(trx: Trx, target: string, sinceMs: number): Promise<boolean> {
  const row = await trx
    .selectFrom('messages')
    .select('id')
    .where('target', '=', target)
    .where('state', '=', 'sent')
    .where('settled_at', '>=', sinceMs)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}
