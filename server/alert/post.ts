import { insertAnnouncement } from '../../db/messages.ts'
import type { Trx } from '../../db/schema.ts'
import type { Deps } from '../deps.ts'
import { type Letter, partsOf } from './parts.ts'

/**
 * Puts a letter in line for every channel.
 *
 * @returns the announcement's id; `null` if its subject has been announced before
 */
export async function post(
  { channels }: Pick<Deps, 'channels'>,
  trx: Trx,
  letter: Letter,
  { at, subject = null }: { at: number; subject?: string | null },
): Promise<number | null> {
  const targets = channels.map(({ target }) => target)
  return insertAnnouncement(trx, { event: letter.event, subject, at, targets, parts: partsOf(letter) })
}
