import { afterAll, beforeAll, expect, test } from 'vitest'
import { CHATS, startTestBot, type TestBot } from '../helpers/bot.ts'
import { HOUR } from '../helpers/clock.ts'
import { type Person, person } from '../helpers/person.ts'
import { learnFiveMinutes } from '../helpers/rhythm.ts'

let bot: TestBot
const free = [...CHATS]

beforeAll(async () => {
  bot = await startTestBot({ stopAfter: afterAll })
  await learnFiveMinutes(bot.app, 'nightly-backup', 'api', 'new-bot')
  await bot.app.api.services.configure.mutate({ serviceKey: 'api', aliases: ['door'] })
})

const someone = (): Person => person(bot.botApi, { chatId: free.shift() as string })

const settings = (serviceKey: string) => bot.app.api.services.get.query({ serviceKey })

test('a question waits for what was to be changed before it', async () => {
  const ada = someone()
  ada.write('/mute api 1h')
  ada.write('/status')
  const { text } = await bot.botApi.nextMessage(
    (message) => message.chatId === ada.chatId && message.text.includes('as of'),
  )
  expect(text).toContain('🟢 Api 🔕 — ')
  await ada.ask('/unmute api')
})

test('/history and /status know aliases, and offer the nearest to what is almost right', async () => {
  const ada = someone()
  expect((await ada.ask('/history door')).text).toMatch(/^📜 Api\n/)
  expect((await ada.ask('/status door')).text).toMatch(/^🟢 Api\napi\n/)
  const history = await ada.ask('/history nightly-bakup 1')
  expect(history.text).toContain('Did you mean one of these?')
  await ada.press(history, '🟢 Nightly Backup')
  expect(history.text).toMatch(/^📜 Nightly Backup\n.* alive: its rhythm is known$/)
  const status = await ada.ask('/status nightly-bakup')
  await ada.press(status, '🟢 Nightly Backup')
  expect(status.text).toMatch(/^🟢 Nightly Backup\nnightly-backup\n/)
})

test('/history takes how many also after a name in quotes, and after an alias', async () => {
  await bot.app.api.services.configure.mutate({ serviceKey: 'api', group: 'Billing EU' })
  const ada = someone()
  for (const kind of ['fail', 'success', 'fail', 'success'] as const)
    await bot.app.api.signal.mutate({ serviceKey: 'api', kind })
  for (const words of ['"Billing EU" 2', '"api" 2', 'door 2', 'billing eu 2', '“down” 2'])
    expect((await ada.ask(`/history ${words}`)).text.split('\n'), words).toHaveLength(3)
  expect((await ada.ask('/history door soon')).text).toBe(
    '⚠️ I do not understand "soon". For instance: /history down 20',
  )
  await bot.app.api.services.configure.mutate({ serviceKey: 'api', group: null })
})

test('quotes within a name belong to it', async () => {
  const ada = someone()
  expect((await ada.ask('/rename new-bot "Big" Bob')).text).toContain('is now called "Big" Bob')
  expect((await ada.ask('/rename new-bot "Big Bob"')).text).toContain('is now called Big Bob')
  expect((await ada.ask('/group new-bot "A" and "B"')).text).toContain('is in the group "A" and "B" now')
  expect((await ada.ask('/group new-bot -')).text).toContain('is in no group now')
  await ada.ask('/rename new-bot -')
  expect((await ada.ask('/rename new-bot ""')).text).toContain('Answer this message.')
})

test('what was written after an almost right key is kept, a time of day too', async () => {
  const ada = someone()
  await ada.press(await ada.ask('/mute nightly-bakup until 23:30'), '🟢 Nightly Backup')
  const { mutedUntil } = await settings('nightly-backup')
  expect(mutedUntil).toContain('T23:30:00')
  await ada.ask('/unmute nightly-backup')
})

test('a mute that makes no sense says why, and how to write one, also where the key is long', async () => {
  const ada = someone()
  expect((await ada.ask('/mute api 400d')).text).toBe('⚠️ A mute for a time lasts a year at most; else mute it for good')
  expect((await ada.ask('/mute api until 2020-01-01 08:00')).text).toBe('⚠️ That time is over already')
  const key = '🦊'.repeat(200)
  await bot.app.beat(key)
  const { text } = await ada.ask(`/mute ${key} soonish`)
  expect(text).toMatch(/^I do not understand "soonish"\n.* 1h\nor 2d 6h, until 18:00, recovered, for good$/)
  expect(text.length).toBeLessThan(400)
  await bot.app.api.services.remove.mutate({ serviceKey: key })
})

test('services are listed as people order them', async () => {
  for (const number of [1, 10, 2]) await bot.app.beat(`region-${number}`)
  const ada = someone()
  const { text } = await ada.ask('/status')
  expect([...text.matchAll(/Region \d+/g)].flat()).toEqual(['Region 1', 'Region 2', 'Region 10'])
})

test('in a group that is just becoming a supergroup the answer goes to the new one', async () => {
  const chatId = '-4243'
  const fresh = await startTestBot({ chatIds: [chatId] })
  await person(fresh.botApi, { chatId }).ask('/start')
  fresh.botApi.migrate(chatId, '-1004243424342')
  person(fresh.botApi, { chatId }).write('/start')
  expect((await fresh.botApi.nextMessage()).chatId).toBe('-1004243424342')
  expect((await person(fresh.botApi, { chatId: '-1004243424342' }).ask('/start')).text).toContain('Hello')
})

test("a stranger's group that becomes a supergroup is a stranger's still", async () => {
  const fresh = await startTestBot({ chatIds: ['-4244'] })
  const [stranger, moved] = ['-666', '-1006666666666']
  fresh.botApi.migrate(stranger, moved)
  person(fresh.botApi, { chatId: stranger }).write('/status')
  const { text } = await person(fresh.botApi, { chatId: moved }).ask('/status')
  expect(text).toContain('I answer only in the chats')
})

test('Unmute under an alert also ends a mute for good', async () => {
  await bot.app.api.signal.mutate({ serviceKey: 'new-bot', kind: 'fail' })
  await bot.app.settled()
  await bot.app.live(HOUR / 60)
  const id = bot.app.told.find(({ data }) => data.event === 'down' && JSON.stringify(data).includes('new-bot'))?.id
  if (id === undefined) throw new Error('no alert')
  await bot.app.api.services.configure.mutate({ serviceKey: 'new-bot', alertsEnabled: false })
  await bot.app.api.muteAlert.mutate({ alertId: id, mutedUntil: null, by: 'Ada' })
  expect(await settings('new-bot')).toMatchObject({ alertsEnabled: true, mutedUntil: null })
})
