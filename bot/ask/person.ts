import { cut, harmless } from '../../server/text/words.ts'
import type { BotContext } from '../context.ts'

/** Whoever asked, by the name that the others in the chat see. */
export function personOf({ from, senderChat, chat }: BotContext): string {
  const name = harmless([from?.first_name, from?.last_name].filter(Boolean).join(' '), 60)
  // Who writes as a group or channel has no name of their own.
  return cut(
    (senderChat && harmless(senderChat.title ?? '', 60)) || name || harmless(chat?.title ?? '', 60) || 'somebody',
    60,
  )
}
