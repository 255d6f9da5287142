import { expect, test } from 'vitest'
import { createTelegramNotifier } from '../../bot/alert/notifier.ts'
import type { Delivery } from '../../server/delivery/notifier.ts'
import { startTestApp, type TestApp, type TestAppOptions } from '../helpers/app.ts'
import { startBotApi } from '../helpers/botApi.ts'
import { createChat } from '../helpers/chat.ts'
import { HOUR, MINUTE, SECOND } from '../helpers/clock.ts'
import { createTestDatabase } from '../helpers/database.ts'

const env = { ALERT_GROUP_SECONDS: '0', CHECK_INTERVAL_SECONDS: '3600', DAILY_SUMMARY_TIME: 'off' }

async function start(options: TestAppOptions = {}) {
  const chat = createChat()
  const app = await startTestApp({ env, proofEveryMs: HOUR, channels: [chat.channel], ...options })
  return { app, chat }
}

async function signal(app: TestApp, kind: 'fail' | 'success', ...keys: string[]): Promise<void> {
  for (const serviceKey of keys) await app.api.signal.mutate({ serviceKey, kind })
  await app.settled()
}

const acknowledge = async (app: TestApp, serviceKey: string, by?: string) => {
  await app.api.acknowledge.mutate({ serviceKey, by })
  await app.settled()
}

const refused = (more: { permanent?: boolean; retryAfterMs?: number } = {}): Delivery => ({
  outcome: 'refused',
  reason: 'Telegram refused',
  permanent: false,
  ...more,
})

test('what became of an alert shows in each chat that got it, and the recovery answers it', async () => {
  const botApi = await startBotApi()
  const notifier = createTelegramNotifier({ token: botApi.token, apiRoot: botApi.url })
  const channels = ['7', '-8'].map((address) => ({ target: `telegram:${address}`, address, notifier }))
  const { app } = await start({ channels })
  await signal(app, 'fail', 'worker')
  const data = botApi.messages(7)[0]?.buttons.flat()[0]?.callback_data ?? ''
  await app.live(MINUTE)
  await app.api.acknowledgeAlert.mutate({ alertId: data.replace('alert:ack:', ''), by: 'Ada' })
  await app.settled()
  for (const chat of [7, -8]) {
    expect(botApi.messages(chat)).toMatchObject([
      { text: '🔴 Worker is down\nfailed at 12:00\n👀 seen by Ada, 12:01', entities: [{ type: 'bold', length: 17 }] },
    ])
    const labels = botApi.messages(chat)[0]?.buttons.map((row) => row.map(({ text }) => text))
    expect(labels).toEqual([['Why'], ['🔕 1 h', '🔕 Until it recovers']])
  }
  await app.live(HOUR)
  await signal(app, 'success', 'worker')
  for (const chat of [7, -8]) {
    const [alert, recovery] = botApi.messages(chat)
    expect(alert).toMatchObject({
      text: '✅ Worker was down\nfailed at 12:00\n👀 seen by Ada, 12:01\n🟢 alive again at 13:01, after 1 h 1 min',
      buttons: [],
    })
    expect(recovery?.text).toMatch(/^🟢 Worker is alive again\n/)
    expect(recovery?.replyTo).toBe(alert?.messageId)
  }
})

test('of several services each line shows what became of it', async () => {
  const { app, chat } = await start({ env: { ...env, ALERT_GROUP_SECONDS: '10' } })
  await signal(app, 'fail', 'one', 'two', 'three')
  await app.live(10 * SECOND)
  await acknowledge(app, 'two', 'Ada')
  await signal(app, 'success', 'one')
  await app.api.services.pause.mutate({ serviceKey: 'three' })
  await app.settled()
  expect(chat.texts()).toEqual([
    `🔴 1 of 3 services are still down
✅ One — failed at 12:00; alive again at 12:00
👀 Two — failed at 12:00; seen by Ada
⏸ Three — failed at 12:00; paused at 12:00`,
  ])
  expect(chat.said[0]?.actions).toEqual(['why', 'mute'])
  await signal(app, 'success', 'two')
  await app.live(10 * SECOND)
  expect(chat.texts()[0]).toMatch(/^✅ 3 services were down\n/)
  expect(chat.said[0]?.actions).toEqual([])
  expect(chat.said[1]).toMatchObject({ text: expect.stringMatching(/^🟢 2 services are alive again/), replyTo: '1' })
})

test('a mute shows for as long as it lasts, with who set it', async () => {
  const { app, chat } = await start()
  await signal(app, 'fail', 'worker')
  const endings: string[] = []
  const mute = async (settings: { mutedUntil?: string | null; alertsEnabled?: boolean; mutedBy?: string }) => {
    await app.api.services.configure.mutate({ serviceKey: 'worker', ...settings })
    await app.settled()
    endings.push([...(chat.texts()[0]?.split('\n').slice(2) ?? []), chat.said[0]?.actions?.join()].join(' · '))
  }
  await mute({ mutedUntil: new Date(app.clock.now() + HOUR).toISOString(), mutedBy: 'Ada' })
  await mute({ mutedUntil: 'recovered', mutedBy: 'Bob' })
  await mute({ alertsEnabled: false })
  await mute({ alertsEnabled: true, mutedUntil: null })
  expect(endings).toEqual([
    '🔕 muted until 13:00 by Ada · acknowledge,why,unmute',
    '🔕 muted until it recovers by Bob · acknowledge,why,unmute',
    '🔕 muted for good · acknowledge,why,unmute',
    'acknowledge,why,mute',
  ])
})

test('a reminder is amended like the alert before it, and the recovery answers the newest', async () => {
  const { app, chat } = await start({ env: { ...env, REMIND_AFTER_HOURS: '1' } })
  await signal(app, 'fail', 'worker')
  await app.live(HOUR)
  await signal(app, 'success', 'worker')
  expect(chat.texts()).toEqual([
    '✅ Worker was down\nfailed at 12:00\n🟢 alive again at 13:00, after 1 h',
    '✅ Worker was down\nfor 1 h, since 12:00\n🟢 alive again at 13:00, after 1 h',
    '🟢 Worker is alive again\nwas down for 1 h, 12:00 to 13:00',
  ])
  expect(chat.said[2]?.replyTo).toBe('2')
})

test('what was acknowledged before its alert went out shows right after', async () => {
  const { app, chat } = await start({ env: { ...env, ALERT_GROUP_SECONDS: '10' } })
  await signal(app, 'fail', 'worker')
  await acknowledge(app, 'worker', 'Ada')
  await app.live(10 * SECOND)
  expect(chat.texts()).toEqual(['🔴 Worker is down\nfailed at 12:00\n👀 seen by Ada, 12:00'])
})

test('what was over before its alert got through shows right after', async () => {
  const { app, chat } = await start()
  chat.onSend(refused({ retryAfterMs: MINUTE }))
  await signal(app, 'fail', 'worker')
  await signal(app, 'success', 'worker')
  expect(chat.texts()).toEqual([])
  await app.live(MINUTE)
  expect(chat.texts()[0]).toBe('✅ Worker was down\nfailed at 12:00\n🟢 alive again at 12:00, after 0 s')
  expect(chat.said[1]).toMatchObject({ text: expect.stringContaining('alive again'), replyTo: '1' })
})

test('an edit that has to wait survives a restart, holds no message up, and says what is true by then', async () => {
  const home = await createTestDatabase()
  const { app: first, chat } = await start({ beside: home })
  chat.onEdit(refused({ retryAfterMs: MINUTE }))
  await signal(first, 'fail', 'worker')
  await acknowledge(first, 'worker', 'Ada')
  await signal(first, 'fail', 'other')
  await signal(first, 'success', 'worker')
  expect(chat.edits).toHaveLength(1)
  expect(chat.texts().map((text) => text.split('\n')[0])).toEqual([
    '🔴 Worker is down',
    '🔴 Other is down',
    '🟢 Worker is alive again',
  ])
  await first.stop()
  first.clock.jump(MINUTE)
  const { app: second } = await start({ beside: home, clock: first.clock, channels: [chat.channel] })
  await second.settled()
  expect(chat.edits).toHaveLength(2)
  expect(chat.texts()[0]).toMatch(/^✅ Worker was down\n.*\n👀 seen by Ada, 12:00\n🟢 alive again at 12:00/)
  await second.stop()
  await home.drop()
})

test('what happens while a message is being edited shows too', async () => {
  const { app, chat } = await start()
  await signal(app, 'fail', 'worker')
  const { notifier } = chat.channel
  const { edit } = notifier
  const [begun, isSeen] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  notifier.edit = async (...args) => {
    begun.resolve()
    await isSeen.promise
    return edit?.(...args) ?? refused()
  }
  await app.api.services.configure.mutate({ serviceKey: 'worker', mutedUntil: 'recovered' })
  await begun.promise
  await app.api.acknowledge.mutate({ serviceKey: 'worker', by: 'Ada' })
  isSeen.resolve()
  await app.settled()
  expect(chat.edits).toEqual([
    '🔴 Worker is down\nfailed at 12:00\n🔕 muted until it recovers',
    '🔴 Worker is down\nfailed at 12:00\n👀 seen by Ada, 12:00\n🔕 muted until it recovers',
  ])
})

test('an edit whose answer was lost is made again, and does not say so', async () => {
  const { app, chat } = await start()
  chat.onEdit({ outcome: 'lost', reason: 'no answer' })
  await signal(app, 'fail', 'worker')
  await acknowledge(app, 'worker', 'Ada')
  await app.live(MINUTE)
  const text = '🔴 Worker is down\nfailed at 12:00\n👀 seen by Ada, 12:00'
  expect(chat.edits).toEqual([text, text])
  expect(chat.texts()).toEqual([text])
})

test("a message that cannot be edited is left alone, and that is nobody's failure", async () => {
  const { app, chat } = await start()
  chat.onEdit(refused({ permanent: true }))
  await signal(app, 'fail', 'worker')
  await acknowledge(app, 'worker', 'Ada')
  await app.live(HOUR)
  expect(chat.edits).toHaveLength(1)
  expect((await app.api.summary.query()).failingDeliveries).toEqual([])
  expect(await app.database.db.selectFrom('targets').select(['failures', 'retry_at']).execute()).toEqual([
    { failures: 0, retry_at: null },
  ])
})

test('messages of a group are left behind when it becomes a supergroup', async () => {
  const { app, chat } = await start()
  await signal(app, 'fail', 'worker')
  chat.onEdit({ outcome: 'moved', to: '-100777' })
  await acknowledge(app, 'worker', 'Ada')
  await signal(app, 'success', 'worker')
  await signal(app, 'fail', 'other')
  await acknowledge(app, 'other', 'Ada')
  expect(chat.addresses).toEqual(['7', '-100777', '-100777'])
  expect(chat.said[1]?.replyTo).toBeUndefined()
  expect(chat.edits.map((text) => text.split('\n')[0])).toEqual(['🔴 Worker is down', '🔴 Other is down'])
})

test('an alert shows that its service is no longer watched', async () => {
  const { app, chat } = await start({ env: { ...env, ALERT_GROUP_SECONDS: '10' } })
  await signal(app, 'fail', 'one', 'two')
  await app.live(10 * SECOND)
  await signal(app, 'fail', 'three')
  await app.live(10 * SECOND)
  for (const serviceKey of ['one', 'three']) await app.api.services.remove.mutate({ serviceKey })
  await app.settled()
  expect(chat.texts()).toEqual([
    '🔴 1 of 2 services are still down\n✅ One — failed at 12:00; no longer watched\n• Two — failed at 12:00',
    '✅ Three was down\nfailed at 12:00\n🗑 no longer watched',
  ])
})
