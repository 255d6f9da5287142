import type { Bot } from 'grammy'
import type { BotContext } from '../context.ts'
import type { OnceLog } from './onceLog.ts'

/** Brings updates to the bot: by long polling or by webhook. */
export interface UpdateSource {
  /** Takes no more updates. Those under way are still answered if that is soon done. */
  stop: () => Promise<void>
}

export interface UpdateSourceOptions {
  onceLog: OnceLog
  firstRetryMs?: number | undefined
}

/** The kinds of updates that the bot asks Telegram for. */
export const ALLOWED_UPDATES = [
  'message',
  'edited_message',
  'channel_post',
  'edited_channel_post',
  'callback_query',
] as const

/** Asks Telegram for the name and number of the bot, by which it tells what is meant for it. */
export async function fetchBotInfo(bot: Bot<BotContext>, signal: AbortSignal): Promise<void> {
  // grammY declares another type for the signal, but Node's works.
  bot.botInfo = await bot.api.getMe(signal as never)
}
