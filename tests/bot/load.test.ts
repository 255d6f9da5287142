import { expect, test } from 'vitest'
import { CHATS, startTestBot } from '../helpers/bot.ts'
import { person } from '../helpers/person.ts'
import { beatAll } from '../helpers/rhythm.ts'

const SERVICES = 500
const GENEROUS_MS = 5_000

test('500 services: the answer is pages that are turned by buttons, soon after the API has answered', async () => {
  const { app, botApi } = await startTestBot()
  const keys = Array.from({ length: SERVICES }, (_, index) => `service-number-${index}`)
  await beatAll(app, keys)
  for (const serviceKey of keys.slice(0, 60)) await app.api.services.configure.mutate({ serviceKey, group: 'Fleet' })
  const [ada, bob] = CHATS.map((chatId) => person(botApi, { chatId }))
  await bob?.ask('/status')

  const startedAt = performance.now()
  const status = await ada?.ask('/status')
  const tookMs = performance.now() - startedAt
  const apiAt = performance.now()
  await Promise.all([app.api.status.query({ limit: 10_000 }), app.api.summary.query()])
  const beyondMs = tookMs - (performance.now() - apiAt)
  process.stdout.write(
    `bot: /status of ${SERVICES} services took ${tookMs.toFixed(0)} ms, ${beyondMs.toFixed(0)} ms beyond the API's own time\n`,
  )
  expect(beyondMs).toBeLessThan(GENEROUS_MS)
  expect(status?.text).toMatch(/^⏳ 50\d waiting/)
  expect(status?.text.length).toBeLessThanOrEqual(4_096)

  ada?.write('/status_full')
  const full = await botApi.nextMessage(({ text }) => /\(1\/\d\d\)/.test(text))
  if (!full || !ada) throw new Error('no answer')
  expect(botApi.messages(CHATS[0]).filter(({ text }) => /\(\d+\/\d\d\)/.test(text))).toHaveLength(1)
  const [, , heading = '', first = ''] = full.text.split('\n')
  expect([heading, first]).toEqual(['📁 Fleet', expect.stringMatching(/^⏳ /)])
  const seen = new Set<string>()
  const pages = Number(/\(1\/(\d+)\)/.exec(full.text)?.[1])
  for (let page = 0; page < pages; page++) {
    expect(full.text.length).toBeLessThanOrEqual(4_096)
    if (!full.text.includes('📁 No group')) expect(full.text.split('\n').slice(1, 3)).toContain('📁 Fleet')
    for (const [key] of full.text.matchAll(/^service-number-\d+(?=:)/gm)) seen.add(key)
    await ada.press(full, '▶')
  }
  expect(full.text).toContain(`(1/${pages})`)
  expect(seen.size).toBe(SERVICES)
})

test('a burst of 100 commands is answered, every one, at the pace that Telegram allows', async () => {
  const { app, botApi } = await startTestBot()
  await app.beat('api')
  const people = CHATS.slice(0, 10).map((chatId) => person(botApi, { chatId }))
  const startedAt = performance.now()
  for (let round = 0; round < 10; round++) for (const one of people) one.write(round % 2 ? '/status' : '/why api')
  await expect.poll(() => botApi.messages().length).toBe(100)
  process.stdout.write(
    `bot: 100 commands from 10 chats answered in ${((performance.now() - startedAt) / 1000).toFixed(1)} s\n`,
  )
  for (const chatId of CHATS.slice(0, 10)) expect(botApi.messages(chatId)).toHaveLength(10)
  const sent = botApi.messages().map(({ at }) => at)
  const busiest = Math.max(...sent.map((at) => sent.filter((other) => other >= at && other < at + 1_000).length))
  // Thirty a second, and those of the second before that came late.
  expect(busiest).toBeLessThanOrEqual(60)
})
