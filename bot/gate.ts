import type { NextFunction } from 'grammy'
import { LRUCache } from 'lru-cache'
import type { AllowedChats } from './allowedChats.ts'
import { code, rich } from './answer/rich.ts'
import { answerPress, say } from './answer/say.ts'
import type { BotContext } from './context.ts'
import type { BotLog } from './telegram/log.ts'

const HOUR_MS = 3_600_000
const MOST_OTHER_CHATS = 1_000

/**
 * Access control: lets updates from allowed chats through. Any other chat is told its own number once an hour, which is
 * what TELEGRAM_CHAT_ID needs, and nothing about any service.
 */
export function createGate({ allowedChats, now, log }: { allowedChats: AllowedChats; now: () => number; log: BotLog }) {
  const answered = new LRUCache<number, number>({ max: MOST_OTHER_CHATS })

  return async (ctx: BotContext, next: NextFunction): Promise<void> => {
    const { chat } = ctx
    if (!chat) return
    if (allowedChats.has(chat)) {
      const to = ctx.msg?.migrate_to_chat_id
      if (to !== undefined) allowedChats.add(to)
      return next()
    }
    // A press that nobody answers leaves the button looking busy.
    if (ctx.callbackQuery) return answerPress(ctx, undefined)
    if (!isForUs(ctx)) return
    const last = answered.get(chat.id)
    if (last !== undefined && Math.abs(now() - last) < HOUR_MS) return
    answered.set(chat.id, now())
    log.info(`somebody wrote in the chat ${chat.id}, which is not in TELEGRAM_CHAT_ID`)
    const id = String(chat.id)
    const cure =
      allowedChats.all().length === 0
        ? ['set ', code(`TELEGRAM_CHAT_ID=${id}`)]
        : ['add ', code(id), ' to TELEGRAM_CHAT_ID']
    await say(
      ctx,
      rich('I answer only in the chats that I was set up for. To let this chat in, ', ...cure, ', and start me again.'),
    )
  }
}

/** Whether a message is meant for this bot, or might be: a group may have several bots. */
function isForUs({ chat, msg, me }: BotContext): boolean {
  if (chat?.type === 'private') return true
  const [, to] = /^\/\w+(?:@(\w+))?/.exec(msg?.text ?? '') ?? [null, null]
  return to === undefined || to?.toLowerCase() === me.username.toLowerCase()
}
