import { afterAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../helpers/app.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../helpers/clock.ts'
import { createTestDatabase, onPostgres } from '../helpers/database.ts'
import { watchEvents } from '../helpers/events.ts'
import { expectRefusal, expectTrpcRefusal } from '../helpers/refusal.ts'

const KEY = 'correct-horse'
const env = { API_KEY: KEY, PUBLIC_URL: 'https://beats.example.org', CHECK_INTERVAL_SECONDS: '86400' }
const app = await startTestApp({ env, proofEveryMs: 40 * DAY, stopAfter: afterAll })

async function ask(method: string, path: string, headers: Record<string, string> = {}, body?: object, to = app) {
  const json = { 'Content-Type': 'application/json' }
  const init = body ? { body: JSON.stringify(body), headers: { ...json, ...headers } } : { headers }
  const response = await to.fetch(path, { method, ...init })
  return { status: response.status, body: await response.text(), headers: response.headers }
}

/** Signs in. @returns the cookie as the browser sends it back */
async function signIn(to: TestApp = app): Promise<{ Cookie: string }> {
  const { status, headers } = await ask('POST', '/session', {}, { key: KEY }, to)
  expect(status).toBe(200)
  return { Cookie: headers.get('set-cookie')?.split(';')[0] ?? '' }
}

const signedOut = { signed_in: false, key_needed: true, scope: null }
const signedIn = { signed_in: true, key_needed: true, scope: 'admin' }

test('signing in with the key opens every kept door, and signing out ends the session for good', async () => {
  expect(JSON.parse((await ask('GET', '/session')).body)).toEqual(signedOut)
  const cookie = await signIn()
  expect(JSON.parse((await ask('GET', '/session', cookie)).body)).toEqual(signedIn)
  for (const path of ['/status', '/openapi.json', '/trpc/status', '/trpc/services.list,monitor?batch=1']) {
    expect(await ask('GET', path, cookie)).toMatchObject({ status: 200 })
  }
  expect(await ask('POST', '/trpc/heartbeat', cookie, { serviceKey: 'a' })).toMatchObject({ status: 200 })
  const events = await watchEvents(app, 'onHeartbeat', { headers: cookie })
  events.leave()

  const out = await ask('DELETE', '/session', cookie)
  expect(JSON.parse(out.body)).toEqual(signedOut)
  expect(out.headers.get('set-cookie')).toMatch(/^stillbeat_session=; Max-Age=0;/)
  expectRefusal(await ask('GET', '/status', cookie), 'UNAUTHORIZED', 'you are signed out')
  expectTrpcRefusal(await ask('GET', '/trpc/status', cookie), 'UNAUTHORIZED', 'you are signed out')
  expect(JSON.parse((await ask('GET', '/session', cookie)).body)).toEqual(signedOut)
})

test('a stream ends when its browser signs out, and no other does', async () => {
  const [leaving, staying] = [await signIn(), await signIn()]
  const [ended, open] = [
    await watchEvents(app, 'onHeartbeat', { headers: leaving }),
    await watchEvents(app, 'onTransition', { headers: staying }),
  ]
  await ask('DELETE', '/session', leaving)
  await app.clock.advance(0)
  await expect(ended.next()).rejects.toThrow('you are signed out; sign in again')
  await ask('POST', '/trpc/signal', staying, { serviceKey: 'signed-in', kind: 'fail' })
  await app.clock.advance(SECOND)
  expect((await open.next()).data).toMatchObject({ serviceKey: 'signed-in' })
})

test.runIf(onPostgres)('a stream ends when its browser signs out at another server', async () => {
  const home = await createTestDatabase()
  const first = await startTestApp({ beside: home, env })
  const second = await startTestApp({ beside: home, env, clock: first.clock })
  const cookie = await signIn(first)
  const events = await watchEvents(second, 'onHeartbeat', { headers: cookie })
  await ask('DELETE', '/session', cookie, undefined, first)
  await first.clock.advance(6 * SECOND)
  await expect(events.next()).rejects.toThrow('you are signed out; sign in again')
  await first.stop()
  await second.stop()
  await home.drop()
})

test('the cookie is out of reach of scripts and of other sites, and holds nothing of the key', async () => {
  const { headers } = await ask('POST', '/session', {}, { key: KEY })
  const cookie = headers.get('set-cookie') ?? ''
  expect(cookie).toMatch(/^stillbeat_session=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; Secure; SameSite=Strict$/)
  const other = (await ask('POST', '/session', {}, { key: KEY })).headers.get('set-cookie')
  expect(other).not.toBe(cookie)
})

test('it is only for https where the address is https, or the proxy in front says so', async () => {
  const plain = await startTestApp({ env: { API_KEY: KEY } })
  const cookieOf = async (headers: Record<string, string>) =>
    (await ask('POST', '/session', headers, { key: KEY }, plain)).headers.get('set-cookie')
  expect(await cookieOf({})).not.toContain('Secure')
  expect(await cookieOf({ 'X-Forwarded-Proto': 'https' })).toContain('Secure')
})

test.each<Record<string, string>>([
  { Origin: 'https://evil.example' },
  { Origin: 'null' },
  { Origin: `${app.url}0` },
  { 'Sec-Fetch-Site': 'cross-site' },
  { 'Sec-Fetch-Site': 'same-site', Origin: 'http://127.0.0.1:3000' },
])('the page of another site cannot use the session: %o', async (foreign) => {
  const headers = { ...(await signIn()), ...foreign }
  expectRefusal(await ask('GET', '/status', headers), 'FORBIDDEN', /is foreign to this monitor/)
  expectTrpcRefusal(await ask('POST', '/trpc/heartbeat', headers, { serviceKey: 'a' }), 'FORBIDDEN', /is foreign/)
  expectRefusal(await ask('DELETE', '/session', headers), 'FORBIDDEN', /is foreign/)
  expectRefusal(await ask('POST', '/session', foreign, { key: KEY }), 'FORBIDDEN', /is foreign/)
})

test.each<Record<string, string>>([
  { Origin: app.url },
  { Origin: 'https://beats.example.org' },
  { 'Sec-Fetch-Site': 'same-origin' },
])('its own page can: %o', async (own) => {
  expect(await ask('POST', '/trpc/heartbeat', { ...(await signIn()), ...own }, { serviceKey: 'a' })).toMatchObject({
    status: 200,
  })
})

test('a wrong key or a made-up session opens nothing, and a key in a header goes before the session', async () => {
  expectRefusal(await ask('POST', '/session', {}, { key: 'wrong-horse' }), 'UNAUTHORIZED', 'this key is not valid here')
  expectRefusal(await ask('POST', '/session', {}, {}), 'BAD_REQUEST', /^key is required/)
  for (const Cookie of ['stillbeat_session=made-up', `stillbeat_session=${KEY}`]) {
    expectRefusal(await ask('GET', '/status', { Cookie }), 'UNAUTHORIZED', 'you are signed out')
  }
  expectRefusal(
    await ask('GET', '/status', { Cookie: 'other=1; stillbeat_session=' }),
    'UNAUTHORIZED',
    'a key is needed',
  )
  const wrong = { ...(await signIn()), Authorization: 'Bearer wrong' }
  expectRefusal(await ask('GET', '/status', wrong), 'UNAUTHORIZED', 'this key is not valid here')
})

test('heartbeats are not sent on a session', async () => {
  expectRefusal(await ask('POST', '/heartbeat/a', await signIn()), 'UNAUTHORIZED', 'a key is needed')
})

test('an address that guesses keys has to wait, also with the right key', async () => {
  const guesser = await startTestApp({ env: { API_KEY: KEY } })
  const guess = (key: string) => ask('POST', '/session', {}, { key }, guesser)
  for (let count = 0; count < 10; count++) expect(await guess(`wrong-${count}`)).toMatchObject({ status: 401 })
  const refused = await guess(KEY)
  expect(refused).toMatchObject({ status: 429 })
  expect(refused.headers.get('retry-after')).toBe('60')
  guesser.clock.jump(MINUTE)
  expect(await guess(KEY)).toMatchObject({ status: 200 })
})

test('a session in use lives on, and ends after thirty days without any', async () => {
  const cookie = await signIn()
  for (let week = 0; week < 6; week++) {
    app.clock.jump(7 * DAY)
    expect(await ask('GET', '/status', cookie)).toMatchObject({ status: 200 })
  }
  const renewed = await ask('GET', '/session', cookie)
  expect(renewed.headers.get('set-cookie')).toContain(`${cookie.Cookie}; Max-Age=2592000`)
  app.clock.jump(30 * DAY + HOUR)
  expectRefusal(await ask('GET', '/status', cookie), 'UNAUTHORIZED', 'you are signed out')
})

test('a session survives a restart, and no change of the key', async () => {
  const home = await createTestDatabase()
  const first = await startTestApp({ beside: home, env: { API_KEY: KEY } })
  const cookie = await signIn(first)
  await first.stop()
  for (const [key, status] of [
    [KEY, 200],
    ['another-horse', 401],
  ] as const) {
    const next = await startTestApp({ beside: home, env: { API_KEY: key } })
    expect(await ask('GET', '/status', cookie, undefined, next)).toMatchObject({ status })
    await next.stop()
  }
  await home.drop()
})

test('where there is no key everybody is signed in', async () => {
  const open = await startTestApp()
  const everybody = { signed_in: true, key_needed: false, scope: 'admin' }
  for (const [method, body] of [['GET'], ['POST', { key: 'any' }], ['DELETE']] as const) {
    expect(JSON.parse((await ask(method, '/session', {}, body, open)).body)).toEqual(everybody)
  }
})
