import { execFile } from 'node:child_process'
import type { RequestListener } from 'node:http'
import { promisify } from 'node:util'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createTelegramNotifier } from '../../bot/alert/notifier.ts'
import type { Delivery, Outgoing } from '../../server/delivery/notifier.ts'
import { type Fault, startBotApi } from '../helpers/botApi.ts'
import { startStranger } from '../helpers/stranger.ts'

const message = (given: Partial<Outgoing> = {}): Outgoing => ({
  id: '7',
  title: 'backup is down',
  body: 'silent for 11 min',
  repeated: false,
  data: {},
  ...given,
})

async function start({ timeoutMs = 5_000 } = {}) {
  const botApi = await startBotApi()
  const { token, url: apiRoot } = botApi
  return { botApi, token, notifier: createTelegramNotifier({ token, apiRoot, timeoutMs }) }
}

const sent = { outcome: 'sent', reference: expect.stringMatching(/^\d+$/) }

test('a message arrives with a bold title and without a preview of its links', async () => {
  const { botApi, notifier } = await start()
  expect(await notifier.send('42', message())).toStrictEqual(sent)
  expect(await botApi.nextMessage()).toMatchObject({
    chatId: '42',
    text: 'backup is down\nsilent for 11 min',
    entities: [{ type: 'bold', offset: 0, length: 14 }],
    answered: true,
  })
  expect(botApi.requests[0]?.payload).toMatchObject({ link_preview_options: { is_disabled: true } })
  expect(botApi.requests[0]?.payload).not.toHaveProperty('parse_mode')
})

test('a message without a body is its title, and a channel may be named', async () => {
  const { botApi, notifier } = await start()
  expect(await notifier.send('@my_alerts', message({ body: '' }))).toStrictEqual(sent)
  expect(botApi.accepted).toMatchObject([{ chatId: '@my_alerts', text: 'backup is down' }])
})

test('a message that may have arrived before says so', async () => {
  const { botApi, notifier } = await start()
  await notifier.send('42', message({ repeated: true }))
  expect(botApi.accepted[0]?.text).toBe(
    'backup is down\nsilent for 11 min\nrepeated: an earlier attempt may have arrived',
  )
})

test.each([
  ['HTML', '<b>x</b> <script> &amp; </a>'],
  ['Markdown', '*a* _b_ [c](http://d) `e` \\_ ~~f~~ ||g||'],
  ['marks of direction', '\u202Etxt.exe\u202C \u200Fשלום\u200E'],
  ['emoji', '😀'.repeat(200)],
  ['families and flags', '👨‍👩‍👧‍👦🇩🇪'.repeat(20)],
  ['a bot command and a name', '/start @somebody #tag'],
])('%s arrive as they are, and the whole title is bold', async (_name, text) => {
  const { botApi, notifier } = await start()
  expect(await notifier.send('42', message({ title: text, body: text }))).toStrictEqual(sent)
  expect(botApi.accepted[0]?.text).toBe(`${text}\n${text}`)
  expect(botApi.accepted[0]?.entities).toStrictEqual([{ type: 'bold', offset: 0, length: text.length }])
})

test.each<[string, Partial<Outgoing> & { title: string }]>([
  ['in its body', { title: 'A', body: '😀'.repeat(3_000) }],
  ['in its body, one unit further', { title: 'AB', body: '😀'.repeat(3_000) }],
  ['in its title', { title: '😀'.repeat(3_000), body: 'b' }],
  ['in its title, one unit further', { title: `x${'😀'.repeat(3_000)}`, body: 'b' }],
  ['before the word that it is repeated', { title: 'A', body: 'b'.repeat(4_094), repeated: true }],
])('a message that is too long is cut %s, and never through an emoji', async (_name, given) => {
  const { botApi, notifier } = await start()
  expect(await notifier.send('42', message(given))).toStrictEqual(sent)
  const { text = '', entities = [] } = botApi.accepted[0] ?? {}
  expect(text.isWellFormed()).toBe(true)
  expect(text.length).toBeGreaterThanOrEqual(4_095)
  expect(text.length).toBeLessThanOrEqual(4_096)
  expect(text).toMatch(given.repeated ? /…\nrepeated: an earlier attempt may have arrived$/ : /…$/)
  expect(entities[0]?.length).toBe(Math.min(given.title.length, text.length))
})

test('a message of exactly 4,096 units is not cut', async () => {
  const { botApi, notifier } = await start()
  await notifier.send('42', message({ title: 'A', body: 'b'.repeat(4_094) }))
  expect(botApi.accepted[0]?.text).toBe(`A\n${'b'.repeat(4_094)}`)
})

test('half an emoji does not make Telegram refuse the message', async () => {
  const { botApi, notifier } = await start()
  expect(await notifier.send('42', message({ title: 'a\uD83D', body: '\uDE00b' }))).toStrictEqual(sent)
  expect(botApi.accepted).toMatchObject([{ text: 'a\uFFFD\n\uFFFDb', entities: [{ length: 2 }] }])
})

test('a group that became a supergroup is reported with its new id', async () => {
  const { botApi, notifier } = await start()
  botApi.migrate(-5, -1001234567890)
  expect(await notifier.send('-5', message())).toStrictEqual({ outcome: 'moved', to: '-1001234567890' })
  expect(await notifier.send('-1001234567890', message())).toStrictEqual(sent)
})

test('a person who blocked the bot and a chat that nobody knows are not tried again', async () => {
  const { botApi, notifier } = await start()
  botApi.chats = new Set(['1', '2'])
  botApi.block(1)
  expect(await notifier.send('1', message())).toStrictEqual({
    outcome: 'refused',
    reason: 'Telegram refused: 403 Forbidden: bot was blocked by the user',
    permanent: true,
  })
  expect(await notifier.send('3', message())).toStrictEqual({
    outcome: 'refused',
    reason: 'Telegram refused: 400 Bad Request: chat not found',
    permanent: true,
  })
})

const token = 'TELEGRAM_BOT_TOKEN'
const answers: [name: string, fault: Fault, delivery: Partial<Delivery>, reason: RegExp][] = [
  ['401', { kind: 'error', code: 401, description: 'Unauthorized' }, { outcome: 'refused', permanent: false }, /token/],
  ['404', { kind: 'error', code: 404, description: 'Not Found' }, { outcome: 'refused', permanent: false }, /token/],
  [
    '400',
    { kind: 'error', code: 400, description: 'Bad Request: x' },
    { outcome: 'refused', permanent: true },
    /400 Bad/,
  ],
  ['409', { kind: 'error', code: 409, description: 'Conflict' }, { outcome: 'refused', permanent: true }, /409/],
  ['413', { kind: 'error', code: 413, description: 'Too Large' }, { outcome: 'refused', permanent: true }, /413/],
  ['500', { kind: '500' }, { outcome: 'refused', permanent: false }, /500 Internal Server Error/],
  ['501', { kind: 'error', code: 501, description: 'No' }, { outcome: 'refused', permanent: false }, /501/],
  ['502 in JSON', { kind: 'error', code: 502, description: 'Bad Gateway' }, { outcome: 'lost' }, /502 Bad Gateway/],
  ['503 in JSON', { kind: 'error', code: 503, description: 'Unavailable' }, { outcome: 'lost' }, /503/],
  ['504 in JSON', { kind: 'error', code: 504, description: 'Gateway Timeout' }, { outcome: 'lost' }, /504/],
  ['502 in HTML', { kind: '502' }, { outcome: 'lost' }, /no answer from Telegram/],
  ['a reset', { kind: 'reset' }, { outcome: 'lost' }, /ECONNRESET|UND_ERR_SOCKET/],
]

test.each(answers)('%s is told for what it is, after one attempt', async (_name, fault, delivery, reason) => {
  const { botApi, notifier } = await start()
  botApi.fail(fault)
  expect(await notifier.send('42', message())).toMatchObject({ ...delivery, reason: expect.stringMatching(reason) })
  expect(botApi.requests).toHaveLength(1)
  expect(botApi.accepted).toHaveLength(0)
})

test('a refused token is called by the name of its setting', async () => {
  const { botApi } = await start()
  const notifier = createTelegramNotifier({ token: '1:wrong', apiRoot: botApi.url })
  expect(await notifier.send('42', message())).toStrictEqual({
    outcome: 'refused',
    reason: `Telegram refuses the token: 401 Unauthorized; set ${token} to the one from @BotFather`,
    permanent: false,
    unseen: true,
  })
})

test('a short wait that Telegram asks for is waited out, and the retry keeps the pace of the chat', async () => {
  const { botApi, notifier } = await start()
  botApi.fail({ kind: '429', retryAfter: 0 })
  expect(await notifier.send('42', message())).toStrictEqual(sent)
  const [first, second] = botApi.requests
  expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(980)
})

test('a second refusal in a row comes back with the wait that it asks for', async () => {
  const { botApi, notifier } = await start()
  botApi.fail({ kind: '429', retryAfter: 1 }, { kind: '429', retryAfter: 1 })
  expect(await notifier.send('42', message())).toStrictEqual({
    outcome: 'refused',
    reason: 'Telegram refused: 429 Too Many Requests: retry after 1',
    permanent: false,
    retryAfterMs: 1_000,
  })
  expect(botApi.requests).toHaveLength(2)
})

test('a long wait comes back at once, so that it survives a restart', async () => {
  const { botApi, notifier } = await start()
  botApi.fail({ kind: '429', retryAfter: 42 })
  expect(await notifier.send('42', message())).toMatchObject({ permanent: false, retryAfterMs: 42_000 })
  botApi.fail({ kind: '429', retryAfter: 1e300 })
  expect(await notifier.send('43', message())).toMatchObject({ permanent: false, retryAfterMs: 86_400_000 })
  expect(botApi.requests).toHaveLength(2)
})

test.each<Fault>([{ kind: 'hang' }, { kind: 'hangAfter' }, { kind: 'slow', ms: 2_000 }, { kind: 'resetAfter' }])(
  'a message whose answer is lost may have arrived: $kind',
  async (fault) => {
    const { botApi, notifier } = await start({ timeoutMs: 300 })
    botApi.fail(fault)
    expect(await notifier.send('42', message())).toMatchObject({ outcome: 'lost' })
    expect(botApi.accepted).toMatchObject(fault.kind === 'hang' ? [] : [{ answered: false }])
    expect(botApi.injected[fault.kind]).toBe(1)
  },
)

test('what never reached Telegram is known not to have arrived', async () => {
  const { botApi, notifier } = await start()
  await botApi.stop()
  expect(await notifier.send('42', message())).toStrictEqual({
    outcome: 'refused',
    reason: 'Telegram cannot be reached: ECONNREFUSED',
    permanent: false,
    unseen: true,
  })
})

test('Telegram is reached again after it was away', async () => {
  const { botApi, notifier } = await start()
  botApi.fail({ kind: 'reset' })
  expect(await notifier.send('42', message())).toMatchObject({ outcome: 'lost' })
  expect(await notifier.send('42', message())).toStrictEqual(sent)
})

test.each<[string, RequestListener]>([
  [
    'in an error',
    (request, response) => {
      response.end(JSON.stringify({ ok: false, error_code: 400, description: `no ${request.url}\n\0 here` }))
    },
  ],
  [
    'percent-encoded',
    (request, response) => {
      const description = encodeURIComponent(request.url ?? '')
      response.end(JSON.stringify({ ok: false, error_code: 500, description }))
    },
  ],
  ['in text that is not JSON', (request, response) => response.end(request.url)],
  ["in JSON that is not Telegram's", (request, response) => response.end(JSON.stringify({ error: request.url }))],
  [
    'in a redirection',
    (request, response) => response.writeHead(302, { location: `http://nowhere.invalid${request.url}` }).end(),
  ],
  ['and nothing but null', (_request, response) => response.end('null')],
  [
    'and half of it',
    (request, response) => {
      response.writeHead(200, { 'content-length': 1_000 }).write(`{"x":"${request.url}`)
      response.socket?.end()
    },
  ],
])('the token is in no reason, whatever repeats it: %s', async (_name, listener) => {
  const apiRoot = await startStranger(listener)
  const notifier = createTelegramNotifier({ token: '1:AAF-very_secret', apiRoot, timeoutMs: 1_000 })
  const delivery = await notifier.send('42', message())
  expect(delivery).toHaveProperty('reason', expect.stringMatching(/^[^\p{Cc}]{1,400}$/u))
  // No part of the token either: the message of JSON.parse quotes the first ten characters.
  expect(JSON.stringify([delivery, await notifier.check?.(['42'])])).not.toContain('AAF')
})

test('a chat gets one message a second, in the order of asking, and another chat does not wait for it', async () => {
  const { botApi, notifier } = await start()
  const titles = ['one', 'two', 'three']
  await Promise.all([
    ...titles.map((title) => notifier.send('42', message({ title, body: '' }))),
    notifier.send('-43', message({ title: 'beside', body: '' })),
  ])
  const toChat = botApi.messages(42)
  expect(toChat.map(({ text }) => text)).toStrictEqual(titles)
  const gaps = toChat.slice(1).map(({ at }, index) => at - (toChat[index]?.at ?? 0))
  for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(980)
  expect(botApi.messages(-43)[0]?.at).toBeLessThan(toChat[1]?.at ?? 0)
})

test('an idle notifier lets its process end', async () => {
  const { botApi } = await start()
  const script = `
    import { createTelegramNotifier } from ${JSON.stringify(new URL('../../bot/alert/notifier.ts', import.meta.url).href)}
    const notifier = createTelegramNotifier(${JSON.stringify({ token: botApi.token, apiRoot: botApi.url })})
    const message = ${JSON.stringify(message())}
    console.log(JSON.stringify([await notifier.send('42', message), await notifier.send('-42', message)]))
  `
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
    timeout: 20_000,
  })
  expect(JSON.parse(stdout)).toStrictEqual([sent, sent])
})

test('after the clock was set back by an hour messages do not wait until it has caught up', async () => {
  const botApi = await startBotApi()
  const notifier = createTelegramNotifier({ token: botApi.token, apiRoot: botApi.url, longestWaitMs: 2_500 })
  expect(await notifier.send('42', message())).toStrictEqual(sent)
  const now = Date.now
  const clock = vi.spyOn(Date, 'now').mockImplementation(() => now() - 3_600_000)
  onTestFinished(() => clock.mockRestore())
  expect(await notifier.send('42', message())).toStrictEqual({
    outcome: 'refused',
    reason: 'not sent yet: its turn did not come',
    permanent: false,
    unseen: true,
  })
  expect(await notifier.send('42', message())).toStrictEqual(sent)
  expect(botApi.accepted).toHaveLength(2)
})
