import { cut, harmless } from '../../server/text/words.ts'
import type { BotContext } from '../context.ts'

/** The name that others in the chat see of the person who asked. */
export function personOf({ from, senderChat, chat }: BotContext): string {
  const name = harmless([from?.first_name, from?.last_name].filter(Boolean).join(' '), 60)
  // People who write as a group or channel have no name of their own here.
  return cut(
    (senderChat && harmless(senderChat.title ?? '', 60)) || name || harmless(chat?.title ?? '', 60) || 'somebody',
    60,
  )
}
