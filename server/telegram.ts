import { type RunningBot, startBot } from '../bot/start.ts'
import type { BotConfig } from './config.ts'
import type { Door } from './http/door.ts'
import { telegramDoor, type UpdateReceiver } from './http/doors/telegram.ts'
import type { Log } from './log.ts'

/** The bot that answers in Telegram. It reaches the API over HTTP, also inside the server. */
export interface Telegram {
  /** The webhook to which Telegram posts updates, if one is set. Open it before `start`. */
  doors: Door[]
  /** `fallback` is the API to use unless the settings name one. */
  start: (fallback: { url: string; key?: string | undefined }) => void
  stop: () => Promise<void>
}

/** @returns `null` without a token */
export function createTelegram(
  { telegram, registry }: Pick<BotConfig, 'telegram' | 'registry'>,
  log: Log,
): Telegram | null {
  const { token, chatIds, apiRoot, webhookUrl } = telegram
  if (!token) return null
  let bot: RunningBot | undefined
  // Updates before the start are refused, so that Telegram sends them again.
  const receiver: UpdateReceiver = {
    knows: (secret) => bot?.webhook?.knows(secret) ?? false,
    receive: async (update) => bot?.webhook?.receive(update),
  }
  return {
    doors: webhookUrl ? [telegramDoor(webhookUrl, receiver)] : [],
    start(fallback) {
      if (chatIds.length === 0) {
        log.warn('TELEGRAM_CHAT_ID is not set, so the bot answers nobody; write /start to it, and it says what to set')
      }
      const { url = fallback.url, key = fallback.key } = registry
      bot = startBot({ token, chatIds, apiRoot, webhookUrl, registry: { url, key }, log, now: Date.now })
    },
    stop: async () => bot?.stop(),
  }
}
