import { expect, onTestFinished, test } from 'vitest'
import { startTestApp } from '../helpers/app.ts'
import { startBotApi } from '../helpers/botApi.ts'
import { createTestDatabase } from '../helpers/database.ts'
import { person } from '../helpers/person.ts'
import { freePort } from '../helpers/port.ts'
import { failToStart, startAllInOne, startBotProcess, startServer } from '../helpers/process.ts'

const CHAT = '777'

async function settings() {
  const botApi = await startBotApi()
  const env = { TELEGRAM_BOT_TOKEN: botApi.token, TELEGRAM_CHAT_ID: CHAT, TELEGRAM_API_ROOT: botApi.url }
  return { botApi, env, ada: person(botApi, { chatId: CHAT }) }
}

test('the bot runs by itself, knows the server by its address alone, and sends heartbeats of its own', async () => {
  const app = await startTestApp({ env: { API_KEY: 'correct-horse' } })
  const { botApi, env, ada } = await settings()
  const bot = await startBotProcess({ ...env, SERVICE_REGISTRY_URL: app.url, SERVICE_REGISTRY_KEY: 'correct-horse' })
  expect(bot.url).toBe(app.url)
  // A heartbeat may be on its way, or be there.
  await expect
    .poll(async () => (await ada.ask('/service stillbeat-bot')).text, { interval: 200 })
    .toContain('⏳ Stillbeat Bot\nstillbeat-bot')
  expect(await bot.end('SIGTERM')).toEqual({ code: 0 })
  expect(bot.told.join('\n')).toContain('the bot @stillbeat_test_bot listens')
  for (const secret of [botApi.token, 'correct-horse']) expect(bot.told.join('\n')).not.toContain(secret)
})

test('without a token or with a wrong setting it says what to do', async () => {
  const program = ['server/bot.ts']
  expect(await failToStart({}, program)).toEqual({
    code: 1,
    stderr: 'TELEGRAM_BOT_TOKEN is not set; @BotFather makes a bot and tells its token\n',
  })
  const { stderr } = await failToStart(
    { TELEGRAM_BOT_TOKEN: 'nonsense', TELEGRAM_WEBHOOK_URL: 'https://example.org' },
    program,
  )
  expect(stderr).toMatch(/TELEGRAM_BOT_TOKEN is not a bot token.*\nTELEGRAM_WEBHOOK_URL must have a path of its own/)
})

test('`npm start` has the bot in it, at its own address and with its own key; `npm run server` never asks for updates', async () => {
  const { botApi, env, ada } = await settings()
  const database = await createTestDatabase()
  onTestFinished(database.drop)
  const server = await startServer({ ...database.env, ...env })
  await expect.poll(() => botApi.requests.map(({ method }) => method)).toContain('getChat')
  await server.end('SIGTERM')
  expect(botApi.requests.map(({ method }) => method)).not.toContain('getUpdates')

  const all = await startAllInOne({ ...database.env, ...env, API_KEY: 'correct-horse' })
  expect((await ada.ask('/status')).text).toMatch(/No service yet|Stillbeat Bot/)
  expect(await all.end('SIGTERM')).toEqual({ code: 0 })
})

test.each([
  ['by itself', true],
  ['within npm start', false],
])('by webhook: Telegram posts the updates, and its secret keeps others out; %s', async (_, isAlone) => {
  const { botApi, env } = await settings()
  const port = await freePort()
  const url = `http://127.0.0.1:${port}/telegram/hook`
  const database = await createTestDatabase()
  onTestFinished(database.drop)
  const webhook = { ...env, PORT: String(port), TELEGRAM_WEBHOOK_URL: url }
  const program = isAlone ? await startBotProcess(webhook) : await startAllInOne({ ...database.env, ...webhook })
  await expect.poll(() => program.told.join('\n')).toContain('hears by webhook: 127.0.0.1')
  const { secret_token: secret, url: told } =
    botApi.requests.find(({ method }) => method === 'setWebhook')?.payload ?? {}
  expect(told).toBe(url)

  const update = JSON.stringify({
    update_id: 1,
    message: {
      message_id: 1_000_000,
      chat: { id: Number(CHAT), type: 'private' },
      from: { id: 1, is_bot: false, first_name: 'Ada' },
      date: 1,
      text: '/start',
    },
  })
  const post = (given: string, body = update) =>
    fetch(url, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', 'x-telegram-bot-api-secret-token': given },
    })
  expect((await post('wrong')).status).toBe(401)
  expect((await post(String(secret), '{')).status).toBe(400)
  expect((await post(String(secret))).status).toBe(200)
  expect((await botApi.nextMessage()).text).toContain('This chat is 777')
  // What Telegram refuses is no reason to post the update again, nor to fall over.
  botApi.fail({ kind: 'error', code: 403, description: 'Forbidden: bot was blocked by the user' })
  expect((await post(String(secret))).status).toBe(200)
  expect((await post(String(secret))).status).toBe(200)
  await botApi.nextMessage()
  expect(botApi.requests.map(({ method }) => method)).not.toContain('getUpdates')
  expect(await program.end('SIGTERM')).toEqual({ code: 0 })
})

test('SIGTERM ends it in time also while Telegram hangs', async () => {
  const { botApi, env } = await settings()
  botApi.failAt('getMe', { kind: 'hang' }, { kind: 'hang' })
  const bot = await startBotProcess(env)
  await expect.poll(() => botApi.injected.hang).toBeGreaterThan(0)
  expect(await bot.end('SIGTERM')).toEqual({ code: 0 })
})
