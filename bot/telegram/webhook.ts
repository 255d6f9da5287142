import { createHash, timingSafeEqual } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Bot, BotError } from 'grammy'
import type { Update } from 'grammy/types'
import type { BotContext } from '../context.ts'
import { retry } from './retry.ts'
import { ALLOWED_UPDATES, fetchBotInfo, type UpdateSource, type UpdateSourceOptions } from './updates.ts'

export interface Webhook extends UpdateSource {
  /** Whether a request comes from Telegram, by its header `X-Telegram-Bot-Api-Secret-Token`. */
  knows: (secret: string) => boolean
  /** Takes an update that came by HTTP from Telegram. */
  receive: (update: unknown) => Promise<void>
}

/** Telegram posts an update again if there is no answer for about a minute. Longer work goes on after the answer. */
const LONGEST_MS = 9_000

/** Makes Telegram post updates to an address of ours. */
export function openWebhook(
  bot: Bot<BotContext>,
  { url, token, onceLog, ...options }: UpdateSourceOptions & { url: string; token: string },
): Webhook {
  const secret = secretOf(token)
  const stopping = new AbortController()
  const { signal } = stopping
  void retry({ ...options, signal, onceLog }, async () => {
    await fetchBotInfo(bot, signal)
    await bot.api.setWebhook(url, { secret_token: secret, allowed_updates: ALLOWED_UPDATES }, signal as never)
    onceLog.works(`the bot @${bot.botInfo.username} hears by webhook: ${new URL(url).host}`)
  }).catch(() => {})

  return {
    knows: (given) => isSame(given, secret),
    async receive(update) {
      // Telegram still has the webhook of the last run, and this run has not reached Telegram yet.
      if (!bot.isInited()) throw new Error('the bot has not reached Telegram yet')
      const handled = bot.handleUpdate(update as Update).catch((error: BotError<BotContext>) => bot.errorHandler(error))
      await Promise.race([handled, sleep(LONGEST_MS)])
    },
    stop: async () => stopping.abort(),
  }
}

/** The secret is derived from the token, so it is the same at every start, and does not reveal the token. */
const secretOf = (token: string) => digest(`stillbeat webhook ${token}`).toString('hex')

const digest = (text: string) => createHash('sha256').update(text).digest()

const isSame = (given: string, wanted: string) => timingSafeEqual(digest(given), digest(wanted))
