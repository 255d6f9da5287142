import { expect, onTestFinished, test } from 'vitest'
import { startBot } from '../../bot/start.ts'
import { createClient } from '../../client/index.ts'
import { startTestBot } from '../helpers/bot.ts'
import { startBotApi } from '../helpers/botApi.ts'
import { person } from '../helpers/person.ts'
import { freePort } from '../helpers/port.ts'
import { startStranger } from '../helpers/stranger.ts'

const CHAT = '777'

/** A bot whose monitor is wherever we say. */
async function startAlone(registry: { url: string; key?: string }, apiRoot?: string) {
  const botApi = await startBotApi()
  const log: string[] = []
  const remember = (message: string) => void log.push(message)
  const bot = startBot({
    token: botApi.token,
    apiRoot: apiRoot ?? botApi.url,
    chatIds: [CHAT],
    registry,
    log: {
      info: remember,
      warn: remember,
      error: (details, message) => remember(`${message} ${JSON.stringify(details)}`),
    },
    now: Date.now,
    firstRetryMs: 20,
  })
  onTestFinished(bot.stop)
  return { botApi, log, ada: person(botApi, { chatId: CHAT }) }
}

const nobody = async () => `http://127.0.0.1:${await freePort()}`

test('with the monitor away there is a sentence and not silence', async () => {
  const { ada } = await startAlone({ url: await nobody() })
  expect((await ada.ask('/status')).text).toBe(
    '⚠️ Stillbeat does not answer (it cannot be reached). Try again in a moment; if it is down, it watches nothing until it is back',
  )
})

test('a monitor that hangs is not waited for longer than a few seconds', async () => {
  const { ada } = await startAlone({ url: await startStranger(() => {}) })
  const startedAt = performance.now()
  const { text } = await ada.ask('/status')
  process.stdout.write(
    `bot: a hanging monitor is answered for after ${((performance.now() - startedAt) / 1000).toFixed(1)} s\n`,
  )
  expect(text).toContain('Stillbeat does not answer (it takes too long)')
  expect(performance.now() - startedAt).toBeLessThan(10_000)
})

test('a monitor that hangs is told of within five seconds to everybody who asks, in one chat too', async () => {
  const { botApi, ada } = await startAlone({ url: await startStranger(() => {}) })
  await ada.ask('/start')
  const startedAt = performance.now()
  for (const words of ['/status', '/mute api 1h', '/pause api', '/why api', '/resume api']) ada.write(words)
  for (let count = 0; count < 5; count++)
    expect((await botApi.nextMessage()).text).toContain('Stillbeat does not answer (it takes too long)')
  process.stdout.write(
    `bot: five commands to a hanging monitor are answered after ${((performance.now() - startedAt) / 1000).toFixed(1)} s\n`,
  )
  // In turn they would take more than twelve.
  expect(performance.now() - startedAt).toBeLessThan(10_000)
})

test('questions in a chat do not wait for each other', async () => {
  const waiting: (() => void)[] = []
  const url = await startStranger((_request, response) => void waiting.push(() => response.writeHead(500).end('{}')))
  const { ada } = await startAlone({ url })
  await ada.ask('/start')
  // The bot's own heartbeat is one of those that wait.
  await expect.poll(() => waiting.length).toBe(1)
  for (const words of ['/summary', '/why api', '/summary']) ada.write(words)
  await expect.poll(() => waiting.length).toBe(4)
  for (const answer of waiting) answer()
})

test('what answers there may be something else, or want a key', async () => {
  const stranger = await startAlone({
    url: await startStranger((_request, response) => response.end('<h1>It works!</h1>')),
  })
  expect((await stranger.ada.ask('/status')).text).toContain(
    'Stillbeat does not answer (what answers is not Stillbeat)',
  )
  const { app } = await startTestBot({ env: { API_KEY: 'correct-horse' }, chatIds: [] })
  const unkeyed = await startAlone({ url: app.url, key: 'wrong-horse' })
  expect((await unkeyed.ada.ask('/status')).text).toContain(
    'Stillbeat refuses me: this key is not valid here. Is SERVICE_REGISTRY_KEY its API_KEY?',
  )
  const keyed = await startAlone({ url: app.url, key: 'correct-horse' })
  expect((await keyed.ada.ask('/status')).text).toMatch(/waiting|No service yet/)
})

test('with a key that may only read the bot answers, and says which key it needs for more', async () => {
  const { app } = await startTestBot({ env: { API_KEY: 'correct-horse' }, chatIds: [] })
  const owner = createClient({ url: app.url, key: 'correct-horse' })
  await owner.heartbeat.mutate({ serviceKey: 'api' })
  const { secret } = await owner.keys.create.mutate({ name: 'bot', scope: 'read' })
  const { ada } = await startAlone({ url: app.url, key: secret })
  for (const words of ['/status', '/service api', '/why api', '/history api'])
    expect((await ada.ask(words)).text, words).toContain('Api')
  expect((await ada.ask('/mute api 1h')).text).toBe(
    '⚠️ Stillbeat refuses me: this needs a key of the scope admin; yours is of the scope read. Give me another as SERVICE_REGISTRY_KEY, and start me again',
  )
})

test('a button whose monitor is away says so above the chat', async () => {
  const { ada } = await startAlone({ url: await nobody() })
  const message = await ada.ask('/status')
  const buttons = [[{ text: 'Refresh', callback_data: 'status:r:' }]]
  expect(await ada.press({ ...message, buttons }, 'Refresh')).toMatchObject({
    isAlert: true,
    text: expect.stringContaining('Stillbeat does not answer'),
  })
  expect(await ada.press({ ...message, buttons: [[{ text: 'x', callback_data: 'older:1:2' }]] }, 'x')).toMatchObject({
    text: 'This button is of an older version; please ask again',
  })
})

test('a start without Telegram is no failure: the bot answers once Telegram is there', async () => {
  const { botApi, log, ada } = await startAlone({ url: await nobody() }, undefined)
  botApi.failAt('getMe', { kind: '502' }, { kind: 'reset' }, { kind: '500' })
  expect((await ada.ask('/start')).text).toContain('Hello')
  expect(log.some((line) => line.includes('the bot @stillbeat_test_bot listens'))).toBe(true)
})

test('a failing menu keeps nothing from working, and is tried again', async () => {
  const { botApi, ada } = await startAlone({ url: await nobody() })
  botApi.failAt('setMyCommands', { kind: '500' }, { kind: 'error', code: 400, description: 'Bad Request: no' })
  expect((await ada.ask('/start')).text).toContain('Hello')
  await expect
    .poll(() => botApi.requests.filter(({ method }) => method === 'setMyCommands').length)
    .toBeGreaterThanOrEqual(3)
})

test('when another program takes its updates the bot says so once, and goes on', async () => {
  const { botApi, log, ada } = await startAlone({ url: await nobody() })
  await ada.ask('/start')
  const conflict = {
    kind: 'error',
    code: 409,
    description: 'Conflict: terminated by other getUpdates request',
  } as const
  botApi.failAt('getUpdates', conflict, conflict, conflict)
  expect((await ada.ask('/start')).text).toContain('Hello')
  await expect.poll(() => botApi.injected.error).toBe(3)
  await ada.ask('/start')
  await expect.poll(() => log.filter((line) => line.includes('listens'))).toHaveLength(2)
  expect(log.filter((line) => line.includes('another program takes the updates of this bot'))).toHaveLength(1)
})

test('Telegram that asks for patience gets it, and every command its answer', async () => {
  const { botApi, ada } = await startAlone({ url: await nobody() })
  botApi.fail({ kind: '429', retryAfter: 1 }, { kind: '429', retryAfter: 1 })
  await ada.ask('/start')
  expect(botApi.injected['429']).toBe(2)
})

test('the token is in no line of the log', async () => {
  const { botApi, log, ada } = await startAlone({ url: await nobody() })
  await ada.ask('/start')
  botApi.fail({ kind: 'error', code: 400, description: `Bad Request: ${botApi.token} is odd` })
  botApi.failAt('getUpdates', { kind: 'error', code: 400, description: `Bad Request: ${botApi.token} is odd` })
  ada.write('/start')
  await expect.poll(() => log.join('\n')).toContain('[token] is odd')
  await expect.poll(() => log.join('\n')).toContain('could not answer')
  expect(log.join('\n')).not.toContain(botApi.token.split(':')[1])
})

test('a monitor from before errors had reasons is understood by the status of its answers', async () => {
  const services = [{ serviceKey: 'nightly', displayName: 'Backup' }]
  const monitor = await startStranger((request, response) => {
    const path = request.url ?? ''
    const isKnown = !path.includes('services.get') || path.includes('nightly')
    const data = { now: '2026-11-24T12:00:00Z', counts: {}, services, nextCursor: null, ...services[0] }
    const refusal = { message: 'no service "Backup"', code: -32004, data: { code: 'NOT_FOUND', httpStatus: 404 } }
    response.writeHead(isKnown ? 200 : 404, { 'Content-Type': 'application/json' })
    response.end(JSON.stringify(isKnown ? { result: { data } } : { error: refusal }))
  })
  const { ada } = await startAlone({ url: monitor })
  // Its name is no key, which the monitor refuses; so it is looked for among the names.
  expect((await ada.ask('/pause Backup')).text).toContain('⏸ Backup is paused')
})

test('a key that such a monitor refuses is told with the cure', async () => {
  const refusal = {
    message: 'this key is not valid here',
    code: -32001,
    data: { code: 'UNAUTHORIZED', httpStatus: 401 },
  }
  const monitor = await startStranger((_request, response) => {
    response.writeHead(401, { 'Content-Type': 'application/json' })
    response.end(JSON.stringify({ error: refusal }))
  })
  const { ada } = await startAlone({ url: monitor })
  expect((await ada.ask('/status')).text).toContain('Is SERVICE_REGISTRY_KEY its API_KEY?')
})
