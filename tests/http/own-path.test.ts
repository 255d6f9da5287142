import { expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../../db/open.ts'
import { openApp } from '../../server/app.ts'
import { ConfigError, readConfig } from '../../server/config.ts'
import { telegramDoor } from '../../server/http/doors/telegram.ts'
import { createLog } from '../../server/log.ts'
import { createTestClock } from '../helpers/clock.ts'
import { createTestDatabase } from '../helpers/database.ts'

/** Starts a server with Telegram's webhook at this path. @returns the error; empty if there is none */
async function startWith(path: string): Promise<string> {
  const home = await createTestDatabase()
  onTestFinished(() => home.drop())
  const config = readConfig({ PORT: '0', ...home.env, TELEGRAM_WEBHOOK_URL: `https://stillbeat.example.org${path}` })
  const database = await openDatabase(config.database)
  onTestFinished(() => database.close())
  const doors = [telegramDoor(config.telegram.webhookUrl as string, { knows: () => true, receive: async () => {} })]
  const options = { config, database, channels: [], clock: createTestClock(), log: createLog('silent'), doors }
  return openApp(options).then(
    async (app) => {
      await app.stop()
      return ''
    },
    (error) => {
      expect(error).toBeInstanceOf(ConfigError)
      return error.message
    },
  )
}

test.each([
  '/heartbeat',
  '/heartbeat/telegram',
  '/status',
  '/health',
  '/ready',
  '/metrics',
  '/openapi.json',
  '/backup',
  '/badge/x',
  '/trpc',
  '/trpc/telegram',
  '/session',
  '/assets/telegram',
  '/favicon.svg',
])('Telegram cannot post to %s, where Stillbeat itself answers', async (path) => {
  const name = path.split('/')[1]
  expect(await startWith(path)).toBe(
    `TELEGRAM_WEBHOOK_URL must have a path of its own, and Stillbeat itself answers at /${name}; choose another`,
  )
})

test.each(['/telegram', '/hooks/status', '/heartbeats'])('it can post to %s', async (path) => {
  expect(await startWith(path)).toBe('')
})
