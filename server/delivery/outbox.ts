import { insertAnnouncement } from '../../db/messages.ts'
import type { Trx } from '../../db/schema.ts'
import type { Deps } from '../deps.ts'
import { type Letter, type Part, partsOf } from './parts.ts'

/**
 * Puts a letter into the outbox of every channel, as part of the transaction that it tells of.
 *
 * @returns the announcement and the parts that it has; `null` if its subject has been announced before
 */
export async function enqueue(
  { channels }: Pick<Deps, 'channels'>,
  trx: Trx,
  letter: Letter,
  { at, subject = null }: { at: number; subject?: string | null },
): Promise<{ announcementId: number; parts: Part[] } | null> {
  const targets = channels.map(({ target }) => target)
  const parts = partsOf(letter)
  const announcementId = await insertAnnouncement(trx, { event: letter.event, subject, at, targets, parts })
  return announcementId === null ? null : { announcementId, parts }
}
