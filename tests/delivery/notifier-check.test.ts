import { expect, test } from 'vitest'
import { createTelegramNotifier } from '../../bot/alert/notifier.ts'
import { startBotApi } from '../helpers/botApi.ts'
import { startStranger } from '../helpers/stranger.ts'

async function start() {
  const botApi = await startBotApi()
  return { botApi, notifier: createTelegramNotifier({ token: botApi.token, apiRoot: botApi.url }) }
}

test('settings that Telegram knows have no troubles', async () => {
  const { botApi, notifier } = await start()
  botApi.chats = new Set(['42', '@my_alerts'])
  expect(await notifier.check?.(['42', '@my_alerts'])).toStrictEqual([])
  expect(botApi.requests.map(({ method }) => method)).toStrictEqual(['getMe', 'getChat', 'getChat'])
})

test('every chat that Telegram does not know, has moved or shut the bot out gets a sentence with the cure', async () => {
  const { botApi, notifier } = await start()
  botApi.chats = new Set(['42'])
  botApi.block(7)
  botApi.migrate(-5, -1001234567890)
  expect(await notifier.check?.(['123', '42', '7', '-5'])).toStrictEqual([
    'TELEGRAM_CHAT_ID 123: Telegram does not know this chat for the bot @stillbeat_test_bot (400 Bad Request: chat not found); write to the bot first, or add it to the group',
    'TELEGRAM_CHAT_ID 7: the bot @stillbeat_test_bot is shut out of this chat (403 Forbidden: bot was blocked by the user); let it in again',
    'TELEGRAM_CHAT_ID -5: this group has become a supergroup; write -1001234567890 instead',
  ])
})

test('a refused token gets one sentence with the cure', async () => {
  const { botApi } = await start()
  const notifier = createTelegramNotifier({ token: '1:wrong', apiRoot: botApi.url })
  expect(await notifier.check?.(['42', '43'])).toStrictEqual([
    'TELEGRAM_BOT_TOKEN is refused by Telegram (401 Unauthorized); ask @BotFather for the right one. Alerts wait until it is set',
  ])
})

test('a Telegram that cannot be reached gets one sentence', async () => {
  const { botApi, notifier } = await start()
  await botApi.stop()
  expect(await notifier.check?.(['42', '43'])).toStrictEqual([
    'Telegram cannot be reached (ECONNREFUSED); alerts wait until it can',
  ])
})

test('a Telegram that says nothing does not hold the check up', async () => {
  const apiRoot = await startStranger(() => {})
  const notifier = createTelegramNotifier({ token: '1:x', apiRoot, timeoutMs: 200 })
  expect(await notifier.check?.(['42'])).toStrictEqual([
    'Telegram cannot be reached (it took too long); alerts wait until it can',
  ])
})
