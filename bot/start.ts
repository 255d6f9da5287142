import { aheartbeat } from '../client/index.ts'
import { allowedChatsOf } from './allowedChats.ts'
import { createBot } from './bot.ts'
import { commands } from './commands/index.ts'
import { type MonitorAddress, shownAddress } from './monitorAddress.ts'
import type { TelegramOptions } from './telegram/api.ts'
import type { BotLog } from './telegram/log.ts'
import { registerMenu } from './telegram/menu.ts'
import { createOnceLog } from './telegram/onceLog.ts'
import { redact } from './telegram/outcome.ts'
import { poll } from './telegram/poll.ts'
import { followSupergroups } from './telegram/supergroups.ts'
import { openWebhook, type Webhook } from './telegram/webhook.ts'

export interface StartOptions extends TelegramOptions {
  /** The chats that may use the bot, as TELEGRAM_CHAT_ID says them. */
  chatIds: readonly string[]
  /** The address to which Telegram posts updates. Without one the bot polls for them. */
  webhookUrl?: string | undefined
  registry: MonitorAddress
  log: BotLog
  now: () => number
  firstRetryMs?: number | undefined
}

export interface RunningBot {
  /** Takes updates that Telegram posts; given only with `webhookUrl`. */
  webhook?: Pick<Webhook, 'knows' | 'receive'>
  /** Answers what was asked, then stops. */
  stop: () => Promise<void>
}

/** Starts the bot. It does not wait for Telegram or for the monitor, but retries until it reaches them. */
export function startBot(options: StartOptions): RunningBot {
  const { token, registry, log, webhookUrl, firstRetryMs } = options
  const allowedChats = allowedChatsOf(options.chatIds)
  const bot = createBot({ ...options, allowedChats })
  const stopping = new AbortController()
  const { signal } = stopping
  const onceLog = createOnceLog(log, (text) => redact(text, token))

  log.info(`the bot asks ${shownAddress(registry.url)}`)
  const { url, key = '' } = registry
  void aheartbeat('stillbeat-bot', { url, key, periodSeconds: 60, signal })
  const webhook = webhookUrl ? openWebhook(bot, { url: webhookUrl, token, onceLog, firstRetryMs }) : undefined
  const listening = webhook ?? poll(bot, { onceLog, firstRetryMs })
  // The source of updates logs that Telegram is away, so these need not.
  const quietly = { onceLog: { failed: () => {} }, firstRetryMs, signal }
  void registerMenu(bot, commands, quietly)
  void followSupergroups(bot.api, allowedChats, quietly)

  return {
    ...(webhook ? { webhook } : {}),
    async stop() {
      await listening.stop()
      stopping.abort()
    },
  }
}
