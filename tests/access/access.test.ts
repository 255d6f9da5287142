import { request } from 'node:http'
import { createTRPCClient, httpBatchLink, httpLink } from '@trpc/client'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import type { AppRouter } from '../../server/router.ts'
import { startTestApp } from '../helpers/app.ts'
import { MINUTE } from '../helpers/clock.ts'
import { expectRefusal, expectTrpcRefusal } from '../helpers/refusal.ts'

const KEY = 'correct-horse'
const bearer = { Authorization: `Bearer ${KEY}` }

describe('where a key is set', async () => {
  const app = await startTestApp({ env: { API_KEY: KEY }, stopAfter: afterAll })

  // After too many wrong keys within a minute, the answer would be 429.
  beforeEach(() => app.clock.jump(MINUTE))

  async function ask(method: string, path: string, headers: Record<string, string> = {}) {
    const response = await app.fetch(path, { method, headers })
    return { status: response.status, body: await response.text(), challenge: response.headers.get('www-authenticate') }
  }

  const kept: [method: string, path: string][] = [
    ['POST', '/heartbeat?service_key=a'],
    ['POST', '/heartbeat/a'],
    ['GET', '/status'],
    ['GET', '/openapi.json'],
  ]

  test.each(kept)('%s %s needs it', async (method, path) => {
    const without = await ask(method, path)
    expectRefusal(without, 'UNAUTHORIZED', /a key is needed: send the header "Authorization: Bearer/)
    expect(without.challenge).toBe('Bearer')
    const attempts: Record<string, string>[] = [
      { Authorization: 'Bearer wrong-key' },
      { Authorization: `Bearer ${KEY}x` },
      { 'X-Api-Key': 'wrong-key' },
      { Authorization: 'Bearer wrong-key', 'X-Api-Key': KEY },
    ]
    for (const headers of attempts) {
      expectRefusal(await ask(method, path, headers), 'UNAUTHORIZED', 'this key is not valid here')
    }
    for (const Authorization of ['', 'Bearer', 'Bearer ', `Basic ${btoa(`:${KEY}`)}`, KEY]) {
      expectRefusal(await ask(method, path, { Authorization }), 'UNAUTHORIZED', 'a key is needed')
    }
  })

  test.each(kept)('%s %s takes it as a header', async (method, path) => {
    const ways: Record<string, string>[] = [bearer, { authorization: `bearer  ${KEY}` }, { 'X-Api-Key': KEY }]
    for (const headers of ways) {
      expect(await ask(method, path, headers)).toMatchObject({ status: 200 })
    }
  })

  test('only heartbeats take it in the address, where logs would keep it', async () => {
    expect(await ask('POST', `/heartbeat?service_key=a&key=${KEY}`)).toMatchObject({ status: 200 })
    expect(await ask('POST', `/heartbeat/a?key=${KEY}`)).toMatchObject({ status: 200 })
    expectRefusal(await ask('POST', '/heartbeat/a?key=wrong'), 'UNAUTHORIZED', 'not valid')
    expectRefusal(await ask('POST', `/heartbeat/a?key=${KEY}&key=${KEY}`), 'UNAUTHORIZED', 'a key is needed')
    expectRefusal(await ask('GET', `/status?key=${KEY}`), 'UNAUTHORIZED', 'a key is needed')
    expectRefusal(await ask('GET', `/openapi.json?key=${KEY}`), 'UNAUTHORIZED', 'a key is needed')
    expectTrpcRefusal(await ask('GET', `/trpc/status?key=${KEY}`), 'UNAUTHORIZED', 'a key is needed')
  })

  test.each(['/health', '/ready'])('%s is open to everybody', async (path) => {
    expect(await ask('GET', path)).toMatchObject({ status: 200 })
    expect(await ask('GET', path, { Origin: 'https://elsewhere.example' })).toMatchObject({ status: 200 })
  })

  test('a foreign page with the key is let in', async () => {
    const headers = { ...bearer, Origin: 'https://elsewhere.example' }
    expect(await ask('GET', '/status', headers)).toMatchObject({ status: 200 })
  })

  test('the typed client is told UNAUTHORIZED, for every procedure, alone and in a batch', async () => {
    const unauthorized = { data: { code: 'UNAUTHORIZED', httpStatus: 401 } }
    await expect(app.api.status.query()).rejects.toMatchObject(unauthorized)
    await expect(app.api.heartbeat.mutate({ serviceKey: 'a' })).rejects.toMatchObject(unauthorized)
    await expect(app.api.services.remove.mutate({ serviceKey: 'a' })).rejects.toMatchObject(unauthorized)
    const headers = { Authorization: 'Bearer wrong-key' }
    const batching = createTRPCClient<AppRouter>({ links: [httpBatchLink({ url: `${app.url}/trpc`, headers })] })
    const answers = await Promise.allSettled([batching.status.query(), batching.services.list.query()])
    for (const answer of answers) expect(answer).toMatchObject({ status: 'rejected', reason: unauthorized })
  })

  test.each([bearer, { 'X-Api-Key': KEY }])('the typed client is let in with %o', async (headers) => {
    const client = createTRPCClient<AppRouter>({ links: [httpLink({ url: `${app.url}/trpc`, headers })] })
    expect(await client.heartbeat.mutate({ serviceKey: 'typed' })).toMatchObject({ status: 'ok' })
    expect((await client.status.query({ serviceKey: 'typed' })).services).toHaveLength(1)
  })
})

describe('where no key is set', async () => {
  const app = await startTestApp({ env: { PUBLIC_URL: 'https://beats.example.org' }, stopAfter: afterAll })
  const { port } = new URL(app.url)

  /** Sends a request by node:http, since `fetch` cannot set the header Host. */
  function ask(method: string, path: string, headers: Record<string, string>) {
    const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>()
    const sent = request(app.url + path, { method, headers }, async (response) => {
      const body = Buffer.concat(await response.toArray()).toString()
      resolve({ status: response.statusCode ?? 0, body })
    })
    sent.on('error', reject)
    sent.end()
    return promise
  }

  const foreign: Record<string, string>[] = [
    { Origin: 'https://evil.example' },
    { Origin: 'null' },
    { Origin: 'http://127.0.0.1.evil.example' },
    { Origin: 'http://evil.example', Host: `127.0.0.1:${port}` },
    { Host: 'evil.example' },
    { Host: `evil.example:${port}`, Origin: `http://evil.example:${port}` },
  ]

  test.each(foreign)('a web page cannot drive the monitor with %o', async (headers) => {
    expectRefusal(await ask('GET', '/status', headers), 'FORBIDDEN', /is foreign to this monitor/)
    expectRefusal(await ask('GET', '/openapi.json', headers), 'FORBIDDEN', /set PUBLIC_URL to it, or set API_KEY/)
    expectTrpcRefusal(await ask('GET', '/trpc/status', headers), 'FORBIDDEN', /is foreign to this monitor/)
    const change = await ask('POST', '/trpc/heartbeat', { ...headers, 'Content-Type': 'application/json' })
    expectTrpcRefusal(change, 'FORBIDDEN', /is foreign to this monitor/)
  })

  test.each(foreign)('but a heartbeat may come with %o', async (headers) => {
    expect(await ask('POST', '/heartbeat?service_key=browser', headers)).toMatchObject({ status: 200 })
    expect(await ask('POST', '/heartbeat/browser', headers)).toMatchObject({ status: 200 })
  })

  test.each<Record<string, string>>([
    {},
    { Host: `localhost:${port}`, Origin: `http://localhost:${port}` },
    { Host: `[::1]:${port}` },
    { Origin: 'http://localhost:5173' },
    { Host: 'beats.example.org', Origin: 'https://beats.example.org' },
  ])('its own page may ask, with %o', async (headers) => {
    expect(await ask('GET', '/status', headers)).toMatchObject({ status: 200 })
    expect(await ask('GET', '/trpc/status', headers)).toMatchObject({ status: 200 })
  })

  test.each(['127.0.0.1@evil.example', 'evil.example:99999'])(
    'a Host that is none is no fault of ours: %j',
    async (Host) => {
      const answer = await ask('GET', '/trpc/status', { Host })
      expectRefusal(answer, 'BAD_REQUEST', 'the header Host is no host')
    },
  )

  test('a key that nobody asked for does no harm', async () => {
    expect(await ask('GET', '/status', { 'X-Api-Key': 'whatever' })).toMatchObject({ status: 200 })
    expect(await ask('POST', '/heartbeat/a?key=whatever', {})).toMatchObject({ status: 200 })
  })
})
