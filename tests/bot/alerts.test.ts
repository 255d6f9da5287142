import { expect, test } from 'vitest'
import { startBot } from '../../bot/start.ts'
import { channelsOf } from '../../server/channels.ts'
import { readConfig } from '../../server/config.ts'
import { createLog } from '../../server/log.ts'
import { startTestApp } from '../helpers/app.ts'
import { startBotApi } from '../helpers/botApi.ts'
import { MINUTE, SECOND } from '../helpers/clock.ts'
import { person } from '../helpers/person.ts'
import { learnFiveMinutes } from '../helpers/rhythm.ts'

const CHATS = ['777', '888']

/** Alerts to two chats, and a bot that hears what is pressed there. */
async function startWithAlerts() {
  const botApi = await startBotApi()
  const env = { TELEGRAM_BOT_TOKEN: botApi.token, TELEGRAM_CHAT_ID: CHATS.join(), TELEGRAM_API_ROOT: botApi.url }
  const app = await startTestApp({
    env: { CHECK_INTERVAL_SECONDS: '3600', ...env },
    channels: channelsOf(readConfig(env), createLog('silent')),
    proofEveryMs: MINUTE,
  })
  const silent = () => {}
  const bot = startBot({
    token: botApi.token,
    apiRoot: botApi.url,
    chatIds: CHATS,
    registry: { url: app.url },
    log: { info: silent, warn: silent, error: silent },
    now: app.clock.now,
  })
  return {
    app,
    botApi,
    bot,
    people: CHATS.map((chatId, index) => person(botApi, { chatId, firstName: ['Ada', 'Bob'][index] as string })),
  }
}

test('an alert is acknowledged, explained and muted by its buttons, for all to see in every chat', async () => {
  const { app, botApi, bot, people } = await startWithAlerts()
  const [ada, bob] = people
  await learnFiveMinutes(app, 'worker')
  await app.live(10 * MINUTE + 20 * SECOND)
  const [alert, other] = await Promise.all(
    CHATS.map((chatId) => botApi.nextMessage((message) => message.chatId === chatId)),
  )
  if (!alert || !other) throw new Error('no alerts')

  expect(await ada?.press(alert, '👀')).toEqual({ text: 'Acknowledged', isAlert: false })
  await Promise.all(
    CHATS.map((chatId) => botApi.untilEdited((one) => one.chatId === chatId && one.text.includes('seen by Ada'))),
  )

  await ada?.press(alert, 'Why')
  expect((await botApi.nextMessage()).text).toContain('Why Worker is down')

  expect((await bob?.press(other, '🔕 Until'))?.text).toBe('Muted until it recovers')
  await botApi.untilEdited((one) => one.chatId === '777' && one.text.includes('muted until it recovers by Bob'))

  await app.beat('worker')
  await app.live(20 * SECOND)
  const over = await botApi.untilEdited((one) => one.chatId === '777' && one.text.startsWith('✅'))
  expect(over.buttons).toEqual([])
  const recovery = await botApi.nextMessage(({ chatId, text }) => chatId === '777' && text.includes('alive again'))
  expect(recovery.replyTo).toBe(alert.messageId)

  expect(
    await ada?.press({ ...alert, buttons: [[{ text: 'old', callback_data: `alert:ack:${idOf(alert.text)}` }]] }, 'old'),
  ).toMatchObject({ isAlert: true })
  await bot.stop()
})

/** Of no alert. */
const idOf = (text: string) => `${text.length}-999999`
