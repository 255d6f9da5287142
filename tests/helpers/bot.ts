import { onTestFinished } from 'vitest'
import { startBot } from '../../bot/start.ts'
import { startTestApp, type TestApp, type TestAppOptions } from './app.ts'
import { type BotApi, startBotApi } from './botApi.ts'

export interface TestBot {
  app: TestApp
  botApi: BotApi
  /** The lines of the bot's log. */
  log: string[]
}

export interface TestBotOptions extends TestAppOptions {
  chatIds?: readonly string[]
  /** A stand-in that was started before. */
  botApi?: BotApi
}

const HOUR_SECONDS = '3600'
const MINUTE_MS = 60_000

/** A chat for each test of a file, since the bot sends a chat only one message a second. */
export const CHATS = Array.from({ length: 60 }, (_, index) => String(7_000 + index))

/** Starts a server, a stand-in for Telegram, and the bot between them, which knows only the server's address. */
export async function startTestBot({
  chatIds = CHATS,
  stopAfter = onTestFinished,
  botApi: given,
  ...options
}: TestBotOptions = {}): Promise<TestBot> {
  const env = { CHECK_INTERVAL_SECONDS: HOUR_SECONDS, TIMEZONE: 'Europe/Berlin', ...options.env }
  const app = await startTestApp({ proofEveryMs: MINUTE_MS, ...options, env, stopAfter })
  const botApi = given ?? (await startBotApi({ stopAfter }))
  const log: string[] = []
  const remember = (message: string) => void log.push(message)
  const bot = startBot({
    token: botApi.token,
    apiRoot: botApi.url,
    chatIds,
    registry: { url: app.url },
    log: {
      info: remember,
      warn: remember,
      error: (details, message) => remember(`${message} ${JSON.stringify(details)}`),
    },
    now: app.clock.now,
    firstRetryMs: 50,
  })
  stopAfter(bot.stop)
  return { app, botApi, log }
}
