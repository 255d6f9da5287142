import { Bot } from 'grammy'
import { alertPresses } from './alert/presses.ts'
import type { AllowedChats } from './allowedChats.ts'
import { answerErrors } from './ask/errors.ts'
import { commands } from './commands/index.ts'
import type { BotContext } from './context.ts'
import { createDispatcher, readsOnly } from './dispatch.ts'
import { createGate } from './gate.ts'
import { type MonitorAddress, shownAddress } from './monitorAddress.ts'
import { createMonitorClients } from './monitorClient.ts'
import { createPerChatQueue } from './perChatQueue.ts'
import { clientOptions, type TelegramOptions } from './telegram/api.ts'
import type { BotLog } from './telegram/log.ts'
import { followMigrations } from './telegram/migration.ts'
import { redact } from './telegram/outcome.ts'
import { throttle } from './telegram/throttle.ts'

export interface BotOptions extends TelegramOptions {
  allowedChats: AllowedChats
  registry: MonitorAddress
  log: BotLog
  now: () => number
}

/** A long poll takes 30 s, and the timeout of a request must be longer. */
const TIMEOUT_SECONDS = 45
/** Ten messages in a row, then one a second: Telegram allows bursts in a private chat. */
const PRIVATE_CHAT_RATE = {
  maxConcurrent: 1,
  reservoir: 10,
  reservoirIncreaseAmount: 1,
  reservoirIncreaseInterval: 1_000,
  reservoirIncreaseMaximum: 10,
}

/** Creates the bot that answers updates. telegram/poll.ts or telegram/webhook.ts brings the updates. */
export function createBot(options: BotOptions): Bot<BotContext> {
  const { token, apiRoot, allowedChats, registry, log, now } = options
  const bot = new Bot<BotContext>(token, { client: clientOptions({ apiRoot, timeoutSeconds: TIMEOUT_SECONDS }) })
  bot.api.config.use(
    ...throttle({ longestWaitMs: 300_000, maxDelaySeconds: 300, maxRetryAttempts: 5, out: PRIVATE_CHAT_RATE }),
    followMigrations(allowedChats),
  )
  const report = (error: unknown) => log.error({ error: redact(String(error), token) }, 'the bot could not answer')
  bot.catch(({ error }) => report(error))
  bot.use(createGate({ allowedChats, now, log }))
  bot.use(createPerChatQueue(readsOnly(commands)))
  bot.use(answerErrors(report))
  const monitorClientFor = createMonitorClients(registry)
  bot.use((ctx, next) => {
    ctx.registryUrl = shownAddress(registry.url)
    ctx.monitor = monitorClientFor(ctx)
    return next()
  })
  bot.use(createDispatcher(commands, alertPresses))
  return bot
}
