import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import type { Delivery, Outgoing } from '../../server/delivery/notifier.ts'
import { createWebhookNotifier } from '../../server/delivery/webhook.ts'

const message: Outgoing = {
  id: '7.2',
  title: '<b>backup</b> is down 😀',
  body: 'silent for 11 min',
  repeated: true,
  data: { event: 'alert', services: [{ key: 'backup', status: 'down' }] },
}

const SECRETS = ['hunter2', 'secret-path', 'secret-query']

/** Starts a receiver that answers as planned, and makes an address for it that is full of secrets. */
async function startReceiver(answer: (response: ServerResponse) => unknown) {
  const posts: { method?: string; url?: string; headers: IncomingHttpHeaders; body: unknown }[] = []
  const server = createServer(async ({ method, url, headers }, response) => {
    posts.push({ method, url, headers, body: JSON.parse(await text(response.req)) })
    answer(response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const stop = () => {
    server.close()
    server.closeAllConnections()
  }
  onTestFinished(stop)
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const [password, path, query] = SECRETS
  return { posts, host, address: `http://me:${password}@${host}/${path}?key=${query}`, stop }
}

async function deliver(answer: (response: ServerResponse) => unknown, { timeoutMs = 5_000 } = {}): Promise<Delivery> {
  const { address, host } = await startReceiver(answer)
  const delivery = await createWebhookNotifier({ timeoutMs }).send(address, message)
  if ('reason' in delivery) expect(delivery.reason).toContain(host)
  for (const secret of SECRETS) expect(JSON.stringify(delivery)).not.toContain(secret)
  return delivery
}

test('a message is posted as JSON, with an id that a repetition repeats', async () => {
  const { posts, address } = await startReceiver((response) => response.end('thanks'))
  const notifier = createWebhookNotifier()
  expect(await notifier.send(address, message)).toStrictEqual({ outcome: 'sent' })
  expect(posts).toMatchObject([
    {
      method: 'POST',
      url: '/secret-path?key=secret-query',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': '7.2',
        'user-agent': 'stillbeat',
        authorization: `Basic ${btoa('me:hunter2')}`,
      },
      body: {
        id: '7.2',
        title: '<b>backup</b> is down 😀',
        text: '<b>backup</b> is down 😀\nsilent for 11 min',
        repeated: true,
        event: 'alert',
        services: [{ key: 'backup', status: 'down' }],
      },
    },
  ])
})

test('a message without a body is its title', async () => {
  const { posts, address } = await startReceiver((response) => response.end())
  await createWebhookNotifier().send(address, { ...message, body: '' })
  expect(posts[0]?.body).toMatchObject({ title: message.title, text: message.title })
})

const sent = { outcome: 'sent' }
const again = { outcome: 'refused', permanent: false }
const never = { outcome: 'refused', permanent: true }
const lost = { outcome: 'lost' }

test.each([
  [200, sent],
  [201, sent],
  [204, sent],
  [304, never],
  [400, never],
  [401, never],
  [403, never],
  [404, never],
  [410, never],
  [422, never],
  [408, again],
  [425, again],
  [429, again],
  [500, again],
  [501, again],
  [507, again],
  [502, lost],
  [503, lost],
  [504, lost],
])('%i is told for what it is', async (status, delivery) => {
  const told = await deliver((response) => response.writeHead(status).end())
  expect(told).toMatchObject(delivery)
  expect(told).not.toHaveProperty('retryAfterMs')
})

test.each([301, 302, 307, 308])('a redirection (%i) is not followed, and its reason says the cure', async (status) => {
  const target = await startReceiver((response) => response.end())
  const delivery = await deliver((response) => response.writeHead(status, { location: target.address }).end())
  expect(delivery).toMatchObject({
    ...never,
    reason: expect.stringContaining('set ALERT_WEBHOOK_URL to where it leads'),
  })
  expect(target.posts).toHaveLength(0)
})

const date = 'Mon, 23 Nov 2026 12:00:00 GMT'

test.each([
  ['in seconds', 429, '42', 42_000],
  ['in seconds, when unavailable', 503, '0', 0],
  ['as a date, by the clock of the receiver', 503, 'Mon, 23 Nov 2026 12:01:30 GMT', 90_000],
  ['as a date that is over', 429, 'Mon, 23 Nov 2026 11:00:00 GMT', 0],
  ['out of all reason', 429, '9'.repeat(400), 86_400_000],
])('the wait that the receiver asks for is passed on: %s', async (_name, status, wait, retryAfterMs) => {
  const delivery = await deliver((response) => response.writeHead(status, { 'retry-after': wait, date }).end())
  expect(delivery).toMatchObject({ ...again, retryAfterMs })
})

test('a wait that nobody understands is no wait', async () => {
  const answer = (status: number) => (response: ServerResponse) =>
    response.writeHead(status, { 'retry-after': 'soon' }).end()
  const limited = await deliver(answer(429))
  expect(limited).toMatchObject(again)
  expect(limited).not.toHaveProperty('retryAfterMs')
  expect(await deliver(answer(503))).toMatchObject(lost)
})

test.each<[string, (response: ServerResponse) => unknown]>([
  ['never comes', () => {}],
  ['is a reset', (response) => response.req.socket.resetAndDestroy()],
  ['is a hang-up', (response) => response.req.socket.destroy()],
  ['is not HTTP', (response) => response.socket?.end('what?\r\n\r\n')],
])('a message whose answer %s may have arrived', async (_name, answer) => {
  expect(await deliver(answer, { timeoutMs: 300 })).toMatchObject(lost)
})

test('an endless answer is not waited for', async () => {
  const delivery = await deliver(
    (response) => {
      const timer = setInterval(() => response.write('x'.repeat(65_536)), 5)
      response.on('close', () => clearInterval(timer))
    },
    { timeoutMs: 120_000 },
  )
  expect(delivery).toStrictEqual(sent)
})

test('a receiver that cannot be reached got nothing, and no secret is told', async () => {
  const { address, host, stop } = await startReceiver(() => {})
  stop()
  expect(await createWebhookNotifier().send(address, message)).toStrictEqual({
    ...again,
    unseen: true,
    reason: `${host} cannot be reached: ECONNREFUSED`,
  })
})

test('an address that fetch does not take is refused for good', async () => {
  const notifier = createWebhookNotifier()
  expect(await notifier.send('no address', message)).toMatchObject(never)
  expect(await notifier.send('http://127.0.0.1:6000/secret-path', message)).toStrictEqual({
    ...never,
    reason: '127.0.0.1:6000: Node does not post to this port; choose another',
  })
})

test('a strange password does not make it throw', async () => {
  const { posts, host } = await startReceiver((response) => response.end())
  const notifier = createWebhookNotifier()
  expect(await notifier.send(`http://%E0%A4%A:50%25@${host}/`, message)).toStrictEqual(sent)
  expect(posts[0]?.headers.authorization).toBe(`Basic ${btoa('%E0%A4%A:50%')}`)
})

test('an idle notifier lets its process end', async () => {
  const { address } = await startReceiver((response) => response.end('thanks'))
  const script = `
    import { createWebhookNotifier } from ${JSON.stringify(new URL('../../server/delivery/webhook.ts', import.meta.url).href)}
    console.log(JSON.stringify(await createWebhookNotifier().send('${address}', ${JSON.stringify(message)})))
  `
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
    timeout: 20_000,
  })
  expect(JSON.parse(stdout)).toStrictEqual(sent)
})
