import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestBot, type TestBot } from '../helpers/bot.ts'
import { startBotApi } from '../helpers/botApi.ts'
import { MINUTE } from '../helpers/clock.ts'
import { person } from '../helpers/person.ts'

const GROUP = '-1001234567890'
const OLD_GROUP = '-4242'
const NEW_GROUP = '-1004242424242'

let bot: TestBot

beforeAll(async () => {
  bot = await startTestBot({ chatIds: ['777', GROUP, OLD_GROUP, '@our_channel'], stopAfter: afterAll })
  await bot.app.beat('secret-service')
})

/** All that the bot has answered so far is what there is after an answer to somebody else. */
async function untilQuiet(): Promise<void> {
  await person(bot.botApi, { chatId: 777 }).ask('/start')
}

test('a stranger learns the number of the chat, at most once an hour, and nothing about any service', async () => {
  const stranger = person(bot.botApi, { chatId: 666, firstName: 'Eve' })
  const { text } = await stranger.ask('/status')
  expect(text).toBe(
    'I answer only in the chats that I was set up for. To let this chat in, add 666 to TELEGRAM_CHAT_ID, and start me again.',
  )
  for (const words of ['/start', '/service secret-service', 'hello']) stranger.write(words)
  await bot.app.clock.advance(59 * MINUTE)
  stranger.write('/status')
  await untilQuiet()
  expect(bot.botApi.messages(666)).toHaveLength(1)
  await bot.app.clock.advance(MINUTE)
  await stranger.ask('/status')
  expect(bot.botApi.messages(666)).toHaveLength(2)
  expect(
    bot.botApi
      .messages(666)
      .map((message) => message.text)
      .join(),
  ).not.toMatch(/secret/i)
})

test("a stranger's button does nothing", async () => {
  const card = await person(bot.botApi, { chatId: 777 }).ask('/service secret-service')
  const forged = { ...card, chatId: '666' }
  expect(await person(bot.botApi, { chatId: 666 }).press(forged, '⏸')).toEqual({ text: '', isAlert: false })
  expect(await bot.app.api.services.get.query({ serviceKey: 'secret-service' })).toMatchObject({ paused: false })
})

test('in a strange group the bot is silent unless it is spoken to', async () => {
  const member = person(bot.botApi, { chatId: -100666 })
  member.write('good morning everybody')
  member.write('/status@other_bot')
  await untilQuiet()
  expect(bot.botApi.messages(-100666)).toHaveLength(0)
  expect((await member.ask('/status')).text).toContain('-100666')
})

test('in a group commands for other bots are ignored, and its own name is heard in any case', async () => {
  const member = person(bot.botApi, { chatId: GROUP })
  member.write('/status@other_bot')
  member.write('/unheard_of')
  member.write('just talking')
  const { text } = await member.ask('/status@Stillbeat_Test_Bot')
  expect(text).toContain('Secret Service')
  expect(bot.botApi.messages(GROUP)).toHaveLength(1)
  expect((await member.ask('/unheard_of@stillbeat_test_bot')).text).toContain('/help lists what I can do')
})

test('a topic is answered in its topic, buttons too', async () => {
  const member = person(bot.botApi, { chatId: GROUP, threadId: 12 })
  const card = await member.ask('/service secret-service')
  expect(card.threadId).toBe(12)
  await member.press(card, '✏️')
  const question = await bot.botApi.nextMessage(({ text }) => text.startsWith('✏️ What is the new name of'))
  expect(question.threadId).toBe(12)
})

test('a command that is corrected is meant anew; other corrections are not', async () => {
  const ada = person(bot.botApi, { chatId: 777 })
  await ada.ask('/stats')
  expect((await ada.ask('/status', { kind: 'edited_message' })).text).toContain('Secret Service')
  const before = bot.botApi.messages(777).length
  ada.write('no command', { kind: 'edited_message' })
  await untilQuiet()
  expect(bot.botApi.messages(777)).toHaveLength(before + 1)
})

test('a channel is known by its name', async () => {
  const next = bot.botApi.nextMessage(({ chatId }) => chatId === '-1009999999999')
  const chat = { id: -1009999999999, type: 'channel', title: 'Our channel', username: 'Our_Channel' }
  const entities = [{ type: 'bot_command', offset: 0, length: 7 }]
  bot.botApi.say({ channel_post: { message_id: 1_500_000, chat, date: 1, text: '/status', entities } })
  expect((await next).text).toContain('Secret Service')
})

test('a group that becomes a supergroup may go on asking', async () => {
  bot.botApi.say({
    message: {
      message_id: 1_600_000,
      chat: { id: Number(OLD_GROUP), type: 'group', title: 'Old' },
      date: 1,
      migrate_to_chat_id: Number(NEW_GROUP),
    },
  })
  const { text } = await person(bot.botApi, { chatId: NEW_GROUP }).ask('/status')
  expect(text).toContain('Secret Service')
})

test('a group that became a supergroup while the bot was away is found', async () => {
  const botApi = await startBotApi()
  botApi.migrate(OLD_GROUP, NEW_GROUP)
  await startTestBot({ chatIds: [OLD_GROUP], botApi })
  await expect.poll(() => botApi.requests.map(({ method }) => method)).toContain('getChat')
  const member = person(botApi, { chatId: NEW_GROUP })
  await expect.poll(async () => (await member.ask('/start')).text).toContain('Hello')
})

test('without chats everybody is told what to set', async () => {
  const fresh = await startTestBot({ chatIds: [] })
  const { text, entities } = await person(fresh.botApi, { chatId: 5 }).ask('/start')
  const code = entities.find(({ type }) => type === 'code')
  expect(text.slice(code?.offset, (code?.offset ?? 0) + (code?.length ?? 0))).toBe('TELEGRAM_CHAT_ID=5')
})
