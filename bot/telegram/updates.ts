import type { Bot } from 'grammy'
import type { BotContext } from '../context.ts'
import type { OnceLog } from './onceLog.ts'

/** How updates reach the bot. */
export interface UpdateSource {
  /** Answers what has been asked, if that is soon done. */
  stop: () => Promise<void>
}

export interface UpdateSourceOptions {
  onceLog: OnceLog
  firstRetryMs?: number | undefined
}

/** What the bot wants to hear of. */
export const ALLOWED_UPDATES = [
  'message',
  'edited_message',
  'channel_post',
  'edited_channel_post',
  'callback_query',
] as const

/** Asks Telegram who the bot is, without which it cannot tell what is meant for it. */
export async function fetchBotInfo(bot: Bot<BotContext>, signal: AbortSignal): Promise<void> {
  // grammY's type of a signal is not Node's, which works all the same.
  bot.botInfo = await bot.api.getMe(signal as never)
}
