import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTRPCClient, httpBatchLink, httpLink } from '@trpc/client'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import type { HttpLimits } from '../../server/http/connectionLimits.ts'
import type { AppRouter } from '../../server/router.ts'
import { startTestApp, type TestApp } from '../helpers/app.ts'
import { SECOND } from '../helpers/clock.ts'

const KEY = 'correct-horse'
const owner = { Authorization: `Bearer ${KEY}` }

async function ask(app: TestApp, path: string, headers: Record<string, string> = {}, method = 'GET') {
  const response = await app.fetch(path, { method, headers })
  return { status: response.status, body: await response.text(), headers: response.headers }
}

const statuses = async (count: number, one: () => Promise<{ status: number }>) => {
  const seen: number[] = []
  for (let n = 0; n < count; n++) seen.push((await one()).status)
  return seen
}

describe('too many requests', () => {
  test('of a key are refused until there is room again, and those of another key are not', async () => {
    const app = await startTestApp({ env: { API_KEY: KEY, RATE_LIMIT_PER_SECOND: '4' } })
    const beat = (headers: Record<string, string>) => ask(app, '/heartbeat/a', headers, 'POST')
    const links = [httpLink({ url: `${app.url}/trpc`, headers: owner })]
    const { secret } = await createTRPCClient<AppRouter>({ links }).keys.create.mutate({ name: 'x', scope: 'ping' })
    expect(await statuses(4, () => beat(owner))).toEqual([200, 200, 200, 429])
    expect(await beat({ 'X-Api-Key': secret })).toMatchObject({ status: 200 })
    const refused = await beat(owner)
    expect(JSON.parse(refused.body)).toEqual({
      error: {
        code: 'TOO_MANY_REQUESTS',
        reason: 'rate_limited',
        message:
          'more than 4 requests a second with this key or from this address; send fewer, or raise RATE_LIMIT_PER_SECOND',
      },
    })
    expect(refused.headers.get('retry-after')).toBe('1')
    const typed = await ask(app, '/trpc/status', owner)
    expect(typed.status).toBe(429)
    expect(typed.headers.get('retry-after')).toBe('1')
    app.clock.jump(SECOND / 4)
    expect(await statuses(2, () => beat(owner))).toEqual([200, 429])
    app.clock.jump(-60 * SECOND)
    expect(await statuses(1, () => beat(owner))).toEqual([429])
    app.clock.jump(SECOND)
    expect(await statuses(5, () => beat(owner))).toEqual([200, 200, 200, 200, 429])
  })

  test('of an address are refused where no key tells who asks, but probes may always ask', async () => {
    const app = await startTestApp({ env: { RATE_LIMIT_PER_SECOND: '2' } })
    expect(await statuses(3, () => ask(app, '/status'))).toEqual([200, 200, 429])
    expect(await statuses(1, () => ask(app, '/trpc/publicGroup?input=%7B%22group%22%3A%22x%22%7D'))).toEqual([429])
    expect(await statuses(5, () => ask(app, '/health'))).toEqual([200, 200, 200, 200, 200])
    expect(await statuses(5, () => ask(app, '/ready'))).toEqual([200, 200, 200, 200, 200])
  })

  test('a badge counts once, at the address it is asked from, whoever asks', async () => {
    const app = await startTestApp({ env: { API_KEY: KEY, RATE_LIMIT_PER_SECOND: '4' } })
    const badges = (headers: Record<string, string>) => statuses(5, () => ask(app, '/badge/a.svg', headers))
    await ask(app, '/heartbeat/a', owner, 'POST')
    expect(await badges({})).toEqual([404, 404, 404, 404, 429])
    app.clock.jump(SECOND)
    expect(await badges(owner)).toEqual([200, 200, 200, 200, 429])
    expect(await statuses(4, () => ask(app, '/status', owner))).toEqual([200, 200, 200, 200])
  })

  test('a batch counts as many as its calls', async () => {
    const app = await startTestApp({ env: { API_KEY: KEY, RATE_LIMIT_PER_SECOND: '5' } })
    const links = [httpBatchLink({ url: `${app.url}/trpc`, headers: owner })]
    const client = createTRPCClient<AppRouter>({ links })
    const together = () => Promise.allSettled([1, 2, 3].map(() => client.status.query()))
    expect((await together()).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled'])
    expect((await together()).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  })

  test('each caller behind a proxy that is trusted has a limit of their own, and nobody else can pretend', async () => {
    const by = (app: TestApp, ip: string) => () => ask(app, '/status', { 'X-Forwarded-For': `6.6.6.6, ${ip}` })
    const env = { RATE_LIMIT_PER_SECOND: '1' }
    const behind = await startTestApp({ env: { ...env, TRUST_PROXY: 'loopback' } })
    expect(await statuses(2, by(behind, '10.0.0.1'))).toEqual([200, 429])
    expect(await statuses(2, by(behind, '10.0.0.2'))).toEqual([200, 429])
    const direct = await startTestApp({ env })
    expect(await statuses(1, by(direct, '10.0.0.1'))).toEqual([200])
    expect(await statuses(1, by(direct, '10.0.0.2'))).toEqual([429])
  })
})

describe('what every answer says to browsers', async () => {
  const env = { API_KEY: KEY, PUBLIC_URL: 'https://beats.example.org' }
  const app = await startTestApp({ env, stopAfter: afterAll })
  const page = { Origin: 'https://elsewhere.example', 'Access-Control-Request-Method': 'POST' }

  test.each<[string, string, Record<string, string>, number]>([
    ['GET', '/status', owner, 200],
    ['GET', '/status', {}, 401],
    ['POST', '/heartbeat/a', {}, 401],
    ['GET', '/trpc/status', owner, 200],
    ['GET', '/trpc/status', {}, 401],
    ['GET', '/trpc/nothing', owner, 404],
    ['GET', '/nothing', {}, 404],
    ['PUT', '/status', {}, 405],
    ['GET', '/%zz', {}, 400],
    ['GET', '/health', {}, 200],
    ['GET', '/', {}, 200],
    ['GET', '/badge/a.svg', {}, 404],
  ])('%s %s with %o', async (method, path, headers, status) => {
    const answer = await ask(app, path, headers, method)
    expect(answer.status).toBe(status)
    const said = Object.fromEntries(answer.headers)
    expect(said).toMatchObject({
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringMatching(/^default-src 'none'/),
      'referrer-policy': 'no-referrer',
      'strict-transport-security': 'max-age=15552000',
      'cache-control': expect.any(String),
    })
    expect(said['access-control-allow-origin']).toBeUndefined()
    expect(said['x-powered-by']).toBeUndefined()
  })

  test('a heartbeat says what matters, and lets the page that sent it read the answer, whatever it is', async () => {
    const quiet = (await ask(app, '/heartbeat/a', owner, 'POST')).headers
    expect(quiet.get('x-content-type-options')).toBe('nosniff')
    expect(quiet.get('access-control-allow-origin')).toBeNull()
    for (const [status, headers] of [
      [200, owner],
      [401, {}],
    ] as const) {
      const answer = await ask(app, '/heartbeat/a', { ...headers, Origin: page.Origin }, 'POST')
      expect(answer.status).toBe(status)
      expect(answer.headers.get('access-control-allow-origin')).toBe('*')
      expect(answer.headers.get('cross-origin-resource-policy')).toBe('cross-origin')
    }
  })

  test('a page may send heartbeats with a key and JSON, and ask nothing else', async () => {
    const asked = await ask(app, '/heartbeat', page, 'OPTIONS')
    expect(asked.status).toBe(204)
    expect(Object.fromEntries(asked.headers)).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'Authorization, Content-Type, X-Api-Key',
    })
    for (const path of ['/status', '/trpc/status', '/session', '/openapi.json']) {
      const refused = await ask(app, path, page, 'OPTIONS')
      expect(refused.status).toBe(405)
      expect(refused.headers.get('access-control-allow-origin')).toBeNull()
    }
  })

  test('http is not promised to be https', async () => {
    const plain = await startTestApp()
    expect((await ask(plain, '/health')).headers.get('strict-transport-security')).toBeNull()
  })
})

describe('a slow caller is cut off', async () => {
  const limits = { headersMs: 200, requestMs: 400, stalledMs: 600, lookEveryMs: 50 }
  const app = await startTestApp({ limits, stopAfter: afterAll })

  /** Sends text. @returns the answer until the server closed the connection */
  async function say(text: string): Promise<string> {
    const { hostname, port } = new URL(app.url)
    const socket = connect(Number(port), hostname)
    let answer = ''
    socket.setEncoding('utf8').on('data', (chunk) => {
      answer += chunk
    })
    socket.on('error', () => {})
    socket.write(text)
    await once(socket, 'close')
    return answer
  }

  test.each([
    ['in the headers', 'POST /heartbeat/slow HTTP/1.1\r\nHost: localhost\r\nX-One: 1\r\n'],
    ['in the body', 'POST /heartbeat/slow HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"service'],
    ['in a chunk', 'POST /heartbeat/slow HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n{'],
    ['before a word', ''],
  ])('%s', async (_where, text) => {
    const answer = await say(text)
    expect(answer).toSatisfy((said: string) => said === '' || said.startsWith('HTTP/1.1 4'))
    expect((await app.api.status.query()).services).toEqual([])
  })
})

test('more callers than there is room for are not let in, and one that leaves makes room', async () => {
  const app = await startTestApp({ limits: { connections: 2 } })
  const { hostname, port } = new URL(app.url)
  const enter = async () => {
    const socket = connect(Number(port), hostname).on('error', () => {})
    await once(socket, 'connect')
    socket.write('GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n')
    const [answer] = await Promise.race([once(socket, 'data'), once(socket, 'close').then(() => [''])])
    return { socket, answer: String(answer) }
  }
  const [first, second] = [await enter(), await enter()]
  expect(first.answer).toMatch(/^HTTP\/1.1 200/)
  expect(second.answer).toMatch(/^HTTP\/1.1 200/)
  expect((await enter()).answer).toBe('')
  first.socket.destroy()
  await expect.poll(async () => (await enter()).answer).toMatch(/^HTTP\/1.1 200/)
})

describe('a client that takes nothing of its answers', () => {
  /** Enters, and asks for far more than the network holds on its way. */
  async function askAndReadNothing(app: TestApp): Promise<Socket> {
    const { hostname, port } = new URL(app.url)
    const socket = connect(Number(port), hostname).on('error', () => {})
    onTestFinished(() => {
      socket.destroy()
    })
    await once(socket, 'connect')
    socket.pause()
    socket.write('GET /assets/large.js HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(50))
    return socket
  }

  async function start(limits: Partial<HttpLimits>): Promise<TestApp> {
    const pageFolder = await mkdtemp(join(tmpdir(), 'stillbeat-large-'))
    onTestFinished(() => rm(pageFolder, { recursive: true }))
    await mkdir(join(pageFolder, 'assets'))
    await writeFile(join(pageFolder, 'index.html'), '')
    await writeFile(join(pageFolder, 'assets', 'large.js'), 'x'.repeat(1_000_000))
    return startTestApp({ pageFolder, limits: { lookEveryMs: 20, ...limits } })
  }

  const isLetIn = (app: TestApp) =>
    ask(app, '/health', { Connection: 'close' }).then(
      ({ status }) => status === 200,
      () => false,
    )

  test('is cut, which makes room for others', async () => {
    const app = await start({ connections: 1, unreadMs: 200 })
    await askAndReadNothing(app)
    expect(await isLetIn(app)).toBe(false)
    await expect.poll(() => isLetIn(app)).toBe(true)
  })

  test('is cut sooner if too many bytes wait for such clients', async () => {
    const app = await start({ connections: 3, unsentBytes: 1_500_000 })
    for (let n = 0; n < 3; n++) await askAndReadNothing(app)
    await expect.poll(() => isLetIn(app)).toBe(true)
  })
})

test('a connection on which requests come without end is cut, and all others are answered', async () => {
  const app = await startTestApp()
  const { hostname, port } = new URL(app.url)
  const socket = connect(Number(port), hostname).on('error', () => {})
  let answers = 0
  socket.on('data', (data) => {
    answers += data.toString().split('HTTP/1.1 200').length - 1
  })
  socket.write('GET /ready HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(5_000))
  await new Promise((resolve) => socket.once('close', resolve))
  expect(answers).toBeLessThan(5_000)
  await app.beat('other')
  const many = await Promise.all(Array.from({ length: 50 }, () => ask(app, '/ready')))
  expect(many.map(({ status }) => status)).toEqual(Array(50).fill(200))
})
