import type { NextFunction } from 'grammy'
import { LRUCache } from 'lru-cache'
import { code, rich } from './answer/rich.ts'
import { answerPress, say } from './answer/say.ts'
import type { BotContext } from './context.ts'
import type { BotLog } from './telegram/log.ts'

const HOUR_MS = 3_600_000
const MOST_STRANGERS = 1_000

/** Which chats may ask: those of TELEGRAM_CHAT_ID, and what a group of them became when Telegram gave it a new number. */
export interface Guests {
  has: (chat: { id: number; username?: string | undefined }) => boolean
  /** All that are known, as the API takes them. */
  all: () => string[]
  add: (chatId: number) => void
}

export function guestsOf(chatIds: readonly string[]): Guests {
  const known = new Set(chatIds.map((id) => id.toLowerCase()))
  return {
    has: ({ id, username }) =>
      known.has(String(id)) || (username !== undefined && known.has(`@${username.toLowerCase()}`)),
    all: () => [...known],
    add: (chatId) => void known.add(String(chatId)),
  }
}

/** Lets the guests through. A stranger learns the number of the chat, once an hour, and nothing about any service. */
export function createGate({ guests, now, log }: { guests: Guests; now: () => number; log: BotLog }) {
  const answered = new LRUCache<number, number>({ max: MOST_STRANGERS })

  return async (ctx: BotContext, next: NextFunction): Promise<void> => {
    const { chat } = ctx
    if (!chat) return
    if (guests.has(chat)) {
      const to = ctx.msg?.migrate_to_chat_id
      if (to !== undefined) guests.add(to)
      return next()
    }
    // What a stranger presses comes to nothing, and the button need not look busy for ever.
    if (ctx.callbackQuery) return answerPress(ctx, undefined)
    if (!isToUs(ctx)) return
    const last = answered.get(chat.id)
    if (last !== undefined && Math.abs(now() - last) < HOUR_MS) return
    answered.set(chat.id, now())
    log.info(`somebody wrote in the chat ${chat.id}, which is not in TELEGRAM_CHAT_ID`)
    const id = String(chat.id)
    const cure =
      guests.all().length === 0 ? ['set ', code(`TELEGRAM_CHAT_ID=${id}`)] : ['add ', code(id), ' to TELEGRAM_CHAT_ID']
    await say(
      ctx,
      rich('I answer only in the chats that I was set up for. To let this chat in, ', ...cure, ', and start me again.'),
    )
  }
}

/** In a group only what is meant for this bot, or might be. */
function isToUs({ chat, msg, me }: BotContext): boolean {
  if (chat?.type === 'private') return true
  const [, to] = /^\/\w+(?:@(\w+))?/.exec(msg?.text ?? '') ?? [null, null]
  return to === undefined || to?.toLowerCase() === me.username.toLowerCase()
}
