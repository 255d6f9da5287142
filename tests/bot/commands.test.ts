import { afterAll, beforeAll, expect, test } from 'vitest'
import { CHATS, startTestBot, type TestBot } from '../helpers/bot.ts'
import type { Accepted } from '../helpers/botApi.ts'
import { HOUR, MINUTE } from '../helpers/clock.ts'
import { type Person, person } from '../helpers/person.ts'
import { learnFiveMinutes, statusOf } from '../helpers/rhythm.ts'

let bot: TestBot
const free = [...CHATS]

beforeAll(async () => {
  bot = await startTestBot({ stopAfter: afterAll })
  await learnFiveMinutes(bot.app, 'nightly-backup', 'api', 'web shop', 'etl:eu/1')
  await bot.app.beat('new-bot')
})

/** In a chat of its own. */
const someone = (): Person => person(bot.botApi, { chatId: free.shift() as string })

const labels = (message: Accepted) => message.buttons.map((row) => row.map(({ text }) => text).join(' | '))

test('/start greets and says the number of the chat', async () => {
  const { text } = await person(bot.botApi, { chatId: 7_059 }).ask('/start')
  expect(text).toContain('This chat is 7059')
})

test('/help is made of the commands themselves, and so is the menu', async () => {
  const { text } = await someone().ask('/help')
  const menu = bot.botApi.requests.find(({ method }) => method === 'setMyCommands')?.payload.commands as {
    command: string
    description: string
  }[]
  expect(menu.map(({ command }) => command)).toEqual([
    'status',
    'status_full',
    'service',
    'why',
    'history',
    'acknowledge',
    'mute',
    'unmute',
    'pause',
    'resume',
    'rename',
    'group',
    'groups',
    'remove',
    'summary',
    'help',
    'start',
  ])
  for (const { command, description } of menu)
    expect(text).toMatch(new RegExp(`^/${command}\\b.* — ${description.replace('(', '\\(').replace(')', '\\)')}$`, 'm'))
})

test('/status shows what waits and what is alive', async () => {
  const { text, entities, buttons } = await someone().ask('/status')
  const [title = '', ...lines] = text.split('\n')
  expect(title).toMatch(/^⏳ 2 waiting · 🟢 \d alive$/)
  expect(entities).toEqual([{ type: 'bold', offset: 0, length: title.length }])
  expect(lines).toContain('⏳ New Bot — 3 more heartbeats to learn')
  expect(lines).toContain('🟢 Api — just now')
  expect(buttons.flat().map((button) => button.text)).toEqual(['🔄 Refresh'])
})

test('a command may be written in capitals, as phones do', async () => {
  expect((await someone().ask('/Status')).text).toContain('alive')
})

test('/status_full tells all there is to know', async () => {
  await bot.app.api.services.configure.mutate({
    serviceKey: 'etl:eu/1',
    schedule: '30 2 * * *',
    timezone: 'Europe/Berlin',
    graceSeconds: 600,
    metadata: { owner: 'data' },
    aliases: ['etl'],
  })
  const { text } = await someone().ask('/status_full')
  const [block = ''] = /🟢 Etl:eu\/1\n(.+\n)+/.exec(text) ?? []
  expect(block.trimEnd().split('\n').slice(1)).toEqual([
    expect.stringMatching(/^etl:eu\/1: alive since 13:/),
    'heard just now, 4 heartbeats',
    expect.stringMatching(/^daily 02:30 Berlin, next in \d+ h( \d+ min)?, grace 10 min; late after 24 Nov 02:40$/),
    'also known as etl',
    '{"owner":"data"}',
  ])
})

test('/service and /status say when a declared schedule is due next', async () => {
  await bot.app.api.services.configure.mutate({
    serviceKey: 'report',
    schedule: '0 9 * * 1',
    timezone: 'Europe/Berlin',
  })
  const words = /weekly Mon 09:00 Berlin, next in 6 d( \d+ h)?$/m
  expect((await someone().ask('/service report')).text).toMatch(words)
  expect((await someone().ask('/status')).text).toMatch(words)
  await bot.app.api.services.remove.mutate({ serviceKey: 'report' })
})

test('Refresh changes the message where it is, and says so if there is nothing new', async () => {
  const ada = someone()
  const message = await ada.ask('/status')
  expect(await ada.press(message, '🔄')).toEqual({ text: 'Nothing has changed', isAlert: false })
  await bot.app.api.services.configure.mutate({ serviceKey: 'api', displayName: 'The Api' })
  expect(await ada.press(message, '🔄')).toEqual({ text: '', isAlert: false })
  expect(message.text).toContain('🟢 The Api — ')
  await bot.app.api.services.configure.mutate({ serviceKey: 'api', displayName: null })
})

test('a service is found by its key, by its name in any case, in quotes, or by its alias', async () => {
  for (const words of ['nightly-backup', 'Nightly Backup', 'NIGHTLY BACKUP', '"nightly backup"', '“nightly-backup”']) {
    const { text } = await someone().ask(`/service ${words}`)
    expect(text.split('\n').slice(0, 2), words).toEqual(['🟢 Nightly Backup', 'nightly-backup'])
  }
  expect((await someone().ask('/service etl')).text).toContain('Etl:eu/1')
})

test('an almost right name offers the nearest services, and a press chooses one', async () => {
  const ada = someone()
  const message = await ada.ask('/why nightly-bakup')
  expect(message.text).toBe('I know no service "nightly-bakup"\nDid you mean one of these?')
  await ada.press(message, '🟢 Nightly Backup')
  expect(message.text).toContain('Why Nightly Backup is alive')
  await ada.press(await ada.ask('/mute apii 2h'), '🟢 Api')
  expect((await bot.app.api.services.get.query({ serviceKey: 'api' })).mutedUntil).not.toBeNull()
  await ada.ask('/unmute api')
  expect((await ada.ask('/why xyzzy-plugh-42')).text).toContain('I know no service like "xyzzy-plugh-42"')
})

test('a command without a service offers them all, page by page', async () => {
  const keys = Array.from({ length: 9 }, (_, index) => `offered-${index}`)
  for (const key of keys) await bot.app.beat(key)
  const ada = someone()
  const message = await ada.ask('/pause')
  expect(message.buttons).toHaveLength(9)
  expect(message.buttons.at(-1)?.map(({ text }) => text)).toEqual(['◀', '1/2', '▶'])
  await ada.press(message, '▶')
  expect(message.buttons.at(-1)?.[1]?.text).toBe('2/2')
  await ada.press(message, '🟢 Nightly Backup')
  expect(message.text).toContain('⏸ Nightly Backup is paused')
  await bot.app.api.services.resume.mutate({ serviceKey: 'nightly-backup' })
  for (const serviceKey of keys) await bot.app.api.services.remove.mutate({ serviceKey })
})

test('the buttons under a service mute, pause and resume it, and keep it up to date', async () => {
  const ada = someone()
  const card = await ada.ask('/service web shop')
  expect(labels(card)).toEqual([
    '🔕 1 h | 🔕 8 h',
    '🔕 Until it recovers | 🔕 For good',
    '⏸ Pause',
    '✏️ Rename | 📁 Group',
    '❓ Why | 📜 History',
    '🗑 Remove | 🔄 Refresh',
  ])
  expect((await ada.press(card, '🔕 8 h')).text).toMatch(/^Web Shop is muted until \d\d:\d\d$/)
  expect(card.text).toMatch(/^🔕 muted until \d\d:\d\d by Ada$/m)
  const { mutedUntil } = await bot.app.api.services.get.query({ serviceKey: 'web shop' })
  expect(Date.parse(mutedUntil ?? '')).toBe(bot.app.clock.now() + 8 * HOUR)
  expect((await ada.press(card, '🔔')).text).toBe('Web Shop is not muted any more')
  expect((await ada.press(card, '🔕 For good')).text).toContain('for good')
  expect(await bot.app.api.services.get.query({ serviceKey: 'web shop' })).toMatchObject({
    alertsEnabled: false,
    mutedBy: 'Ada',
  })
  await ada.press(card, '🔔')
  await ada.press(card, '⏸')
  expect(card.text).toContain('⏸ Web Shop')
  await ada.press(card, '▶️')
  expect(card.text).toContain('🟢 Web Shop')
})

test('/mute understands times as people write them', async () => {
  const ada = someone()
  const mutedUntil = async () =>
    Date.parse((await bot.app.api.services.get.query({ serviceKey: 'api' })).mutedUntil ?? '')
  await ada.ask('/mute api 2d 6h')
  expect(await mutedUntil()).toBe(bot.app.clock.now() + 54 * HOUR)
  await ada.ask('/mute api for 90 min')
  expect(await mutedUntil()).toBe(bot.app.clock.now() + 90 * MINUTE)
  await ada.ask('/mute api recovered')
  expect(await bot.app.api.services.get.query({ serviceKey: 'api' })).toMatchObject({ mutedUntil: 'recovered' })
  expect((await ada.ask('/mute api soonish')).text).toContain('I do not understand "soonish"')
  const question = await ada.ask('/mute api')
  await ada.press(question, '1 day')
  expect(await mutedUntil()).toBe(bot.app.clock.now() + 24 * HOUR)
  expect((await ada.ask('/status')).text).toContain('🟢 Api 🔕 — ')
  expect((await ada.ask('/unmute api')).text).toBe('🔔 Api is not muted any more')
  expect((await ada.ask('/unmute api')).text).toBe('🔔 Api was not muted')
  expect(await mutedUntil()).toBeNaN()
})

test('a mute for a time leaves alone what somebody has muted for good', async () => {
  const ada = someone()
  await bot.app.api.services.configure.mutate({ serviceKey: 'api', alertsEnabled: false, mutedBy: 'the owner' })
  for (const words of ['1h', 'recovered']) {
    expect((await ada.ask(`/mute api ${words}`)).text).toBe('🔕 Api is muted for good already; /unmute ends it')
    expect(await bot.app.api.services.get.query({ serviceKey: 'api' })).toMatchObject({
      alertsEnabled: false,
      mutedUntil: null,
      mutedBy: 'the owner',
    })
  }
  expect((await ada.ask('/unmute api')).text).toBe('🔔 Api is not muted any more')
  expect((await ada.ask('/mute api 1h')).text).toMatch(/^🔕 Api is muted until/)
  expect((await ada.ask('/unmute api')).text).toBe('🔔 Api is not muted any more')
})

test('of what somebody asks in a row, the last is what counts', async () => {
  const ada = someone()
  for (let round = 0; round < 3; round++) {
    ada.write('/mute api 1h')
    ada.write('/unmute api')
  }
  await expect.poll(() => bot.botApi.messages(ada.chatId)).toHaveLength(6)
  expect(await bot.app.api.services.get.query({ serviceKey: 'api' })).toMatchObject({ mutedUntil: null })
})

test('/pause and /resume', async () => {
  const ada = someone()
  expect((await ada.ask('/pause api until heartbeat')).text).toContain('its next heartbeat resumes it')
  expect((await ada.ask('/pause api 2h')).text).toContain('/mute api 2h')
  expect((await ada.ask('/why api')).text).toContain('paused for')
  expect((await ada.ask('/unpause api')).text).toContain('▶️ Api is judged again')
  expect((await ada.ask('/resume api')).text).toBe('Api was not paused.')
  expect(await bot.app.api.services.get.query({ serviceKey: 'api' })).toMatchObject({ paused: false })
})

test('a name is given with the command, or as an answer to the question', async () => {
  const ada = someone()
  expect((await ada.ask('/rename new-bot “The <b>new</b> "bot"”')).text).toContain('is now called The <b>new</b> "bot"')
  const question = await ada.ask('/rename new-bot')
  expect(question.text).toContain('(new-bot)? Answer this message.')
  const answer = await ada.ask('Newest  Bot', { reply_to_message: bot.botApi.shown(question) })
  expect(answer.text).toContain('is now called Newest Bot')
  expect((await ada.ask('/rename new-bot -')).text).toContain('is now called New Bot')
  expect((await ada.ask(`/rename new-bot ${'x'.repeat(201)}`)).text).toBe('⚠️ A name must have at most 200 characters')
  expect((await ada.ask('/rename new-bot Two\nlines')).text).toBe('⚠️ A name must not contain control characters')
})

test('/group and /groups', async () => {
  const ada = someone()
  expect((await ada.ask('/groups')).text).toContain('There are no groups yet')
  const question = await ada.ask('/group api')
  await ada.ask('Billing EU', { reply_to_message: bot.botApi.shown(question) })
  const groups = await ada.ask('/groups')
  expect(groups.text).toMatch(/^1 group\n📁 Billing EU: 🟢 1 alive\nand 5 services in no group$/)
  await ada.press(groups, 'Billing EU')
  expect(groups.text).toContain('🟢 Api')
  expect(groups.text).not.toContain('Nightly Backup')
  expect((await ada.ask('/status billing eu')).text).toContain('🟢 Api')
  expect((await ada.ask('/status api')).text).toMatch(/^🟢 Api\napi\n/)
  expect((await ada.ask('/status nowhere')).text).toBe(
    '⚠️ I know no group or service "nowhere". /groups shows those that there are.',
  )
  expect((await ada.ask('/group api -')).text).toBe('📁 Api is in no group now')
})

test('/history of all, of one, of a status', async () => {
  const ada = someone()
  await bot.app.api.signal.mutate({ serviceKey: 'etl:eu/1', kind: 'fail', message: 'no space' })
  expect((await ada.ask('/service etl:eu/1')).text).toContain('failed at 13:15: no space')
  expect((await ada.ask('/ack etl:eu/1')).text).toBe('👀 Etl:eu/1 was seen by Ada')
  expect((await ada.ask('/status')).text).toMatch(/^🔴 Etl:eu\/1 — .* 👀 Ada\n +failed: no space$/m)
  expect((await ada.ask('/status_full')).text).toMatch(/^etl:eu\/1: down since 13:15\nfailed: no space\n/m)
  expect((await ada.ask('/why etl:eu/1')).text).toMatch(
    /^Why .* is down\n• it failed: no space\n[\s\S]*👀 seen by Ada, 13:15$/,
  )
  await bot.app.api.signal.mutate({ serviceKey: 'etl:eu/1', kind: 'success' })
  expect((await ada.ask('/history 2')).text.split('\n').slice(1)).toEqual([
    expect.stringMatching(/^\d\d:\d\d:\d\d 🟢 Etl:eu\/1 — alive: a heartbeat came$/),
    expect.stringMatching(/^\d\d:\d\d:\d\d 🔴 Etl:eu\/1 — down: it failed$/),
  ])
  expect((await ada.ask('/history etl:eu/1 1')).text).toMatch(/^📜 Etl:eu\/1\n\d\d:\d\d 🟢 alive: a heartbeat came$/)
  expect((await ada.ask('/history down')).text.split('\n')).toHaveLength(2)
  expect((await ada.ask('/history nonsense')).text).toContain('I know no service, group or status "nonsense"')
})

test('/why says in plain words what the status rests on', async () => {
  const { text } = await someone().ask('/why nightly-backup')
  expect(text).toContain('it beats every 5 min (the median of 3 gaps), so 10 min of silence are fine')
  expect(text).toContain('its last 3 gaps, newest first: 5 min, 5 min, 5 min')
})

test('/summary is the summary as it would go out now', async () => {
  const { messages } = await bot.app.api.summary.query()
  expect((await someone().ask('/summary')).text).toBe(`${messages[0]?.title}\n${messages[0]?.body}`)
})

test('/remove asks first, and a button of a removed service says that it is gone', async () => {
  const ada = someone()
  await bot.app.beat('gone-soon')
  const card = await ada.ask('/service gone-soon')
  const question = await ada.ask('/remove gone-soon')
  expect(question.text).toContain('Remove Gone Soon?')
  await ada.press(question, 'Keep')
  expect(question.text).toBe('Gone Soon stays.')
  expect(await statusOf(bot.app, 'gone-soon')).toBe('unknown')
  await ada.press(await ada.ask('/remove gone-soon'), '🗑')
  await expect(statusOf(bot.app, 'gone-soon')).rejects.toThrow('no service')
  expect(await ada.press(card, '🔄')).toEqual({ text: 'This service is not there any more', isAlert: true })
})

test('keys of any length and alphabet have buttons that work', async () => {
  const key = '🦊'.repeat(200)
  await bot.app.beat(key)
  const ada = someone()
  const card = await ada.ask(`/service ${key}`)
  await ada.press(card, '⏸')
  expect(card.text).toContain('⏸ 🦊')
  await bot.app.api.services.remove.mutate({ serviceKey: key })
})

test('what it does not know gets a hint', async () => {
  const ada = someone()
  expect((await ada.ask('/statsu')).text).toBe('I do not know /statsu. Did you mean /status?')
  expect((await ada.ask('hello?')).text).toContain('/help')
})
