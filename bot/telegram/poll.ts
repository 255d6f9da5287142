import { setTimeout as sleep } from 'node:timers/promises'
import { createConcurrentSink, createRunner, createSource, createUpdateFetcher } from '@grammyjs/runner'
import { type Bot, type BotError, GrammyError } from 'grammy'
import type { Update } from 'grammy/types'
import type { BotContext } from '../context.ts'
import { retry } from './retry.ts'
import { ALLOWED_UPDATES, fetchBotInfo, type UpdateSource, type UpdateSourceOptions } from './updates.ts'

const POLL_SECONDS = 30
const LONGEST_STOP_MS = 3_000

/**
 * Long polling: fetches updates until it is stopped. It goes on when Telegram is away, and when another program takes
 * the updates of the same bot.
 */
export function poll(bot: Bot<BotContext>, { onceLog, firstRetryMs }: UpdateSourceOptions): UpdateSource {
  const stopping = new AbortController()
  const { signal } = stopping
  const asking = { timeout: 0, allowed_updates: ALLOWED_UPDATES }
  // The fetcher remembers the offset of the last update, so it must outlive a failure.
  const fetchUpdates = createUpdateFetcher(bot, { silent: true, maxRetryTime: 0, fetch: asking })
  let isPrepared = false
  let failures = 0

  async function supply(batchSize: number, ended: Parameters<typeof fetchUpdates>[1]): Promise<Update[]> {
    const onFailed = (error: unknown) => {
      isPrepared = false
      failures += 1
      // After a failure the next poll does not wait, so that a success is known at once. After a conflict it waits in
      // full: two programs that poll cut each other short, and only a whole poll shows that the other one has gone.
      const isConflict = error instanceof GrammyError && error.error_code === 409
      asking.timeout = isConflict ? POLL_SECONDS : 0
    }
    return retry({ onceLog, signal, firstRetryMs, onFailed, failures: () => failures }, async () => {
      if (!isPrepared) await prepare()
      const updates = await fetchUpdates(batchSize, ended)
      failures = 0
      asking.timeout = POLL_SECONDS
      onceLog.works(`the bot @${bot.botInfo.username} listens`)
      return updates
    })
  }

  async function prepare(): Promise<void> {
    await fetchBotInfo(bot, signal)
    // Telegram refuses polling while a webhook is set.
    await bot.api.deleteWebhook({}, signal as never)
    isPrepared = true
  }

  const consumer = { consume: (update: Update) => bot.handleUpdate(update) }
  const sink = createConcurrentSink(consumer, async (error) => {
    await bot.errorHandler(error as BotError<BotContext>)
  })
  const runner = createRunner(createSource({ supply }), sink)
  runner.start()

  return {
    async stop() {
      stopping.abort()
      const giveUpAt = performance.now() + LONGEST_STOP_MS
      await Promise.race([runner.stop()?.catch(() => {}), sleep(LONGEST_STOP_MS)])
      while (sink.size() > 0 && performance.now() < giveUpAt) await sleep(20)
    },
  }
}
