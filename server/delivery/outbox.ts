import { insertAnnouncement } from '../../db/messages.ts'
import type { Trx } from '../../db/schema.ts'
import type { Deps } from '../deps.ts'
import { type Letter, type Part, partsOf } from './parts.ts'

/**
 * Puts a letter into the transactional outbox of every channel, in the transaction that marks its news as announced.
 *
 * @returns the announcement and its parts; `null` if its subject has been announced before
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
