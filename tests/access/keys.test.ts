import { createTRPCClient, httpBatchLink, httpLink } from '@trpc/client'
import { afterAll, describe, expect, test } from 'vitest'
import type { AppRouter } from '../../server/router.ts'
import { startTestApp, type TestApp } from '../helpers/app.ts'
import { MINUTE, SECOND } from '../helpers/clock.ts'
import { createTestDatabase, onPostgres } from '../helpers/database.ts'
import { watchEvents } from '../helpers/events.ts'
import { startProxy } from '../helpers/proxy.ts'
import { expectRefusal, expectTrpcRefusal } from '../helpers/refusal.ts'

const KEY = 'correct-horse'
const app = await startTestApp({ env: { API_KEY: KEY }, stopAfter: afterAll })
const owner = clientWith(KEY)

function clientWith(key: string, at: TestApp = app) {
  const headers = { Authorization: `Bearer ${key}` }
  return createTRPCClient<AppRouter>({ links: [httpLink({ url: `${at.url}/trpc`, headers })] })
}

async function ask(method: string, path: string, headers: Record<string, string> = {}, body?: object, at = app) {
  const json: Record<string, string> = body ? { 'Content-Type': 'application/json' } : {}
  const init = { method, headers: { ...json, ...headers }, ...(body ? { body: JSON.stringify(body) } : {}) }
  const response = await at.fetch(path, init)
  return { status: response.status, body: await response.text(), headers: response.headers }
}

const bearer = (key: string) => ({ Authorization: `Bearer ${key}` })
const make = (scope: 'ping' | 'read' | 'admin', limits: { group?: string; keyPrefix?: string } = {}) =>
  owner.keys.create.mutate({ name: `a ${scope} key`, scope, ...limits })
const beat = (key: string, service: string) => ask('POST', `/heartbeat/${service}`, bearer(key))
const forbidden = { data: { code: 'FORBIDDEN', httpStatus: 403 } }

describe('a stored key', () => {
  test('shows its secret once, is listed without it, and is known by its hash alone', async () => {
    const { secret, ...made } = await owner.keys.create.mutate({ name: 'Backup', scope: 'ping', keyPrefix: 'backup-' })
    expect(secret).toMatch(/^sb_[\w-]{43}$/)
    expect(made).toMatchObject({ name: 'Backup', scope: 'ping', group: null, keyPrefix: 'backup-', lastUsedAt: null })
    expect((await owner.keys.list.query()).find(({ id }) => id === made.id)).toEqual(made)
    const rows = await app.database.db.selectFrom('keys').selectAll().where('id', '=', made.id).execute()
    expect(rows).toHaveLength(1)
    expect(JSON.stringify(rows)).not.toContain(secret.slice(3))
  })

  test('opens what its scope allows and no more, through every door, and is told which scope it lacks', async () => {
    const [ping, read, admin] = [await make('ping'), await make('read'), await make('admin')]
    await beat(KEY, 'watched')
    for (const { secret } of [ping, read, admin]) {
      expect(await beat(secret, 'watched')).toMatchObject({ status: 200 })
      expect(await ask('POST', `/heartbeat/watched?key=${secret}`)).toMatchObject({ status: 200 })
      expect(await clientWith(secret).signal.mutate({ serviceKey: 'watched', kind: 'log' })).toMatchObject({
        status: 'ok',
      })
    }
    const change = { serviceKey: 'watched', displayName: 'Watched' }
    for (const { secret } of [read, admin]) {
      expect(await ask('GET', '/status', { 'X-Api-Key': secret })).toMatchObject({ status: 200 })
      expect((await clientWith(secret).status.query({ serviceKey: 'watched' })).services).toHaveLength(1)
    }
    expect(await clientWith(admin.secret).services.configure.mutate(change)).toMatchObject({ displayName: 'Watched' })
    const wantsRead = /this needs a key of the scope read; yours is of the scope ping/
    expectRefusal(await ask('GET', '/status', bearer(ping.secret)), 'FORBIDDEN', wantsRead)
    expectRefusal(await ask('GET', '/openapi.json', bearer(ping.secret)), 'FORBIDDEN', wantsRead)
    expectTrpcRefusal(await ask('GET', '/trpc/status', bearer(ping.secret)), 'FORBIDDEN', wantsRead)
    await expect(clientWith(read.secret).services.configure.mutate(change)).rejects.toMatchObject({
      message: 'this needs a key of the scope admin; yours is of the scope read',
      ...forbidden,
    })
    for (const key of [ping, read]) {
      await expect(clientWith(key.secret).keys.create.mutate({ name: 'x', scope: 'admin' })).rejects.toMatchObject(
        forbidden,
      )
      await expect(clientWith(key.secret).keys.list.query()).rejects.toMatchObject(forbidden)
      await expect(clientWith(key.secret).keys.revoke.mutate({ id: key.id })).rejects.toMatchObject(forbidden)
    }
  })

  test('a batch is judged call by call', async () => {
    const { secret } = await make('read')
    const headers = bearer(secret)
    const client = createTRPCClient<AppRouter>({ links: [httpBatchLink({ url: `${app.url}/trpc`, headers })] })
    const [reads, changes] = await Promise.allSettled([client.status.query(), client.keys.list.query()])
    expect(reads).toMatchObject({ status: 'fulfilled' })
    expect(changes).toMatchObject({ status: 'rejected', reason: forbidden })
    const names = Array.from({ length: 101 }, () => 'status').join(',')
    expect(await ask('GET', `/trpc/${names}?batch=1&input=%7B%7D`, headers)).toMatchObject({ status: 400 })
  })

  test('is of no use once it is revoked: at once here, with its sessions and streams', async () => {
    const { secret, id } = await make('read')
    const cookie = await signIn(secret)
    const events = await watchEvents(app, 'onHeartbeat', { headers: cookie })
    expect(await ask('GET', '/status', cookie)).toMatchObject({ status: 200 })
    const revoked = await owner.keys.revoke.mutate({ id })
    expect(revoked.revokedAt).not.toBeNull()
    expectRefusal(await ask('GET', '/status', bearer(secret)), 'UNAUTHORIZED', 'this key is not valid here')
    expectRefusal(await ask('GET', '/status', cookie), 'UNAUTHORIZED', 'you are signed out')
    expect(JSON.parse((await ask('GET', '/session', cookie)).body)).toMatchObject({ signed_in: false, scope: null })
    await app.clock.advance(0)
    await expect(events.next()).rejects.toThrow('this key has been revoked')
    expect((await owner.keys.revoke.mutate({ id })).revokedAt).toBe(revoked.revokedAt)
    await expect(owner.keys.revoke.mutate({ id: 999_999 })).rejects.toMatchObject({ message: /there is no key 999999/ })
  })

  test('ends its streams when it loses the scope', async () => {
    const { secret, id } = await make('read')
    const events = await watchEvents(app, 'onTransition', { headers: bearer(secret) })
    await app.database.db.updateTable('keys').set({ scope: 'ping' }).where('id', '=', id).execute()
    await app.clock.advance(6 * SECOND)
    await expect(events.next()).rejects.toThrow('this key may not read any more')
  })

  test('has its last use stored, to the minute', async () => {
    const { secret, id } = await make('ping')
    const lastUse = async () => (await owner.keys.list.query()).find((key) => key.id === id)?.lastUsedAt
    await beat(secret, 'often')
    await expect.poll(lastUse).not.toBeNull()
    const first = await lastUse()
    app.clock.jump(59 * SECOND)
    await beat(secret, 'often')
    app.clock.jump(2 * SECOND)
    await beat(secret, 'often')
    await expect.poll(lastUse).not.toBe(first)
    expect(Date.parse((await lastUse()) ?? '') - Date.parse(first ?? '')).toBe(61 * SECOND)
  })

  test.each([
    [{ scope: 'ping' }, /name/],
    [{ name: '', scope: 'ping' }, /name/],
    [{ name: 'x', scope: 'root' }, /scope must be one of ping, read, admin/],
    [{ name: 'x', scope: 'read', group: 'shop' }, /limit the heartbeats of a ping key/],
    [{ name: 'x\u0000', scope: 'ping' }, /control characters/],
  ])('is not made of %o', async (input, message) => {
    expectTrpcRefusal(await ask('POST', '/trpc/keys.create', bearer(KEY), input), 'BAD_REQUEST', message)
  })

  test('cannot be made while API_KEY is not set', async () => {
    const open = await startTestApp()
    await expect(open.api.keys.create.mutate({ name: 'x', scope: 'ping' })).rejects.toMatchObject({
      message: /set API_KEY first/,
    })
    expect(await open.api.keys.list.query()).toEqual([])
  })
})

async function signIn(key: string): Promise<{ Cookie: string }> {
  const { status, headers } = await ask('POST', '/session', {}, { key })
  expect(status).toBe(200)
  return { Cookie: headers.get('set-cookie')?.split(';')[0] ?? '' }
}

describe('a ping key that is limited', () => {
  test('to a prefix: beats for such services, also by an alias, and for no others', async () => {
    const { secret } = await make('ping', { keyPrefix: 'shop-' })
    expect(await beat(secret, 'shop-cart')).toMatchObject({ status: 200 })
    const refused = /this key is for services whose keys begin with "shop-", and "cart" is none of them/
    expectRefusal(await beat(secret, 'cart'), 'FORBIDDEN', refused)
    await owner.services.configure.mutate({ serviceKey: 'bank', aliases: ['shop-alias'] })
    expectRefusal(await beat(secret, 'shop-alias'), 'FORBIDDEN', /and "shop-alias" is none of them/)
    await expect(clientWith(secret).heartbeat.mutate({ serviceKey: 'bank' })).rejects.toMatchObject(forbidden)
    const known = (await owner.status.query()).services.map(({ serviceKey }) => serviceKey)
    expect(known).toContain('shop-cart')
    expect(known).not.toContain('cart')
    expect((await owner.services.get.query({ serviceKey: 'bank' })).serviceKey).toBe('bank')
    expect((await owner.status.query({ serviceKey: 'bank' })).services[0]?.heartbeatCount).toBe(0)
  })

  test('to a group: its new services join it, and those that leave it are out of reach at once', async () => {
    const { secret } = await make('ping', { group: 'Shop' })
    expect(await beat(secret, 'till')).toMatchObject({ status: 200 })
    expect((await owner.services.get.query({ serviceKey: 'till' })).group).toBe('Shop')
    await beat(KEY, 'vault')
    expectRefusal(await beat(secret, 'vault'), 'FORBIDDEN', /services of the group "Shop", and "vault" is none of them/)
    await owner.services.configure.mutate({ serviceKey: 'till', group: 'Elsewhere' })
    expectRefusal(await beat(secret, 'till'), 'FORBIDDEN', /"till" is none of them/)
    await owner.services.configure.mutate({ serviceKey: 'vault', group: 'Shop' })
    expect(await beat(secret, 'vault')).toMatchObject({ status: 200 })
  })

  test('a refused heartbeat does not stop the others of its batch', async () => {
    const { secret } = await make('ping', { keyPrefix: 'mixed-' })
    const services = Array.from({ length: 40 }, (_, index) => (index % 2 ? `other-${index}` : `mixed-${index}`))
    const answers = await Promise.all(services.map((service) => beat(secret, service)))
    expect(answers.map(({ status }) => status)).toEqual(services.map((name) => (name.startsWith('mixed-') ? 200 : 403)))
  })

  test('no stored key below admin registers more than 1,000 services', async () => {
    const [full, fresh] = [await make('ping'), await make('ping')]
    const { db } = app.database
    const rows = Array.from({ length: 999 }, (_, n) => ({ key: `bulk-${n}`, created_at: 0, registered_by: full.id }))
    await db.insertInto('services').values(rows).execute()
    const answers = await Promise.all(Array.from({ length: 15 }, (_, n) => beat(full.secret, `last-${n}`)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    const refused = answers.filter(({ status }) => status !== 200)
    for (const one of refused)
      expectRefusal(one, 'FORBIDDEN', /has registered 1000 services, the most that one key may/)
    const kept = answers.findIndex(({ status }) => status === 200)
    expect(await beat(full.secret, `last-${kept}`)).toMatchObject({ status: 200 })
    expect(await beat(fresh.secret, 'last-elsewhere')).toMatchObject({ status: 200 })
    await db.deleteFrom('services').where('key', 'like', 'bulk-%').execute()
    expect(await beat(full.secret, 'room-again')).toMatchObject({ status: 200 })
  })
})

describe('signing in', () => {
  test('with a read key one reads, and changes nothing', async () => {
    const cookie = await signIn((await make('read')).secret)
    expect(JSON.parse((await ask('GET', '/session', cookie)).body)).toEqual({
      signed_in: true,
      key_needed: true,
      scope: 'read',
    })
    expect(await ask('GET', '/trpc/status', cookie)).toMatchObject({ status: 200 })
    expectTrpcRefusal(
      await ask('POST', '/trpc/services.pause', cookie, { serviceKey: 'watched' }),
      'FORBIDDEN',
      /needs a key of the scope admin/,
    )
  })

  test('a ping key opens no page', async () => {
    const { secret } = await make('ping')
    expectRefusal(await ask('POST', '/session', {}, { key: secret }), 'FORBIDDEN', /needs a key of the scope read/)
  })
})

test.runIf(onPostgres)('what one server makes another takes at once, and what it revokes within seconds', async () => {
  const home = await createTestDatabase()
  const env = { API_KEY: KEY }
  const [first, second] = [await startTestApp({ beside: home, env }), await startTestApp({ beside: home, env })]
  const by = (key: string, at: TestApp) => ask('GET', '/status', bearer(key), undefined, at)
  expect(await by(KEY, second)).toMatchObject({ status: 200 })
  const { secret, id } = await clientWith(KEY, first).keys.create.mutate({ name: 'x', scope: 'read' })
  expect(await by(secret, second)).toMatchObject({ status: 200 })
  await clientWith(KEY, first).keys.revoke.mutate({ id })
  expect(await by(secret, first)).toMatchObject({ status: 401 })
  second.clock.jump(5 * SECOND)
  expect(await by(secret, second)).toMatchObject({ status: 401 })
  await first.stop()
  await second.stop()
  await home.drop()
})

test.runIf(onPostgres)('who may scrape is told that the database is away, and by that key nothing else', async () => {
  const { env, drop } = await createTestDatabase()
  const proxy = await startProxy((env as { DATABASE_URL: string }).DATABASE_URL)
  const away = await startTestApp({ beside: { env: { DATABASE_URL: proxy.url }, drop }, env: { API_KEY: KEY } })
  const { keys } = clientWith(KEY, away)
  const [reader, revoked] = [
    await keys.create.mutate({ name: 'a', scope: 'read' }),
    await keys.create.mutate({ name: 'b', scope: 'read' }),
  ]
  const sender = await keys.create.mutate({ name: 'c', scope: 'ping' })
  await keys.revoke.mutate({ id: revoked.id })
  const by = ({ secret }: { secret: string }, path: string) => ask('GET', path, bearer(secret), undefined, away)
  expect(await by(reader, '/metrics')).toMatchObject({ status: 200 })

  proxy.cut()
  away.clock.jump(MINUTE)
  const { status, body } = await by(reader, '/metrics')
  expect(status).toBe(200)
  expect(body).toMatch(/^stillbeat_database_up 0$/m)
  expect(await by(sender, '/metrics')).toMatchObject({ status: 403 })
  expect(await by(revoked, '/metrics')).toMatchObject({ status: 503 })
  for (const path of ['/status', '/openapi.json', '/trpc/status']) {
    expect(await by(reader, path)).toMatchObject({ status: 503 })
  }
  await away.stop()
  await drop()
})

test('wrong keys from an address do not slow down a stored key there', async () => {
  const shared = await startTestApp({ env: { API_KEY: KEY, RATE_LIMIT_PER_SECOND: '20' } })
  const { secret } = await clientWith(KEY, shared).keys.create.mutate({ name: 'x', scope: 'read' })
  const by = (key: string) => ask('GET', '/status', bearer(key), undefined, shared)
  for (let count = 0; count < 40; count++) await by(`wrong-${count}`)
  expect(await by(KEY)).toMatchObject({ status: 429 })
  expect(await by(secret)).toMatchObject({ status: 200 })
})

test('an address that guesses keys has to wait a minute, but not a caller there whose key is right', async () => {
  const guessed = await startTestApp({ env: { API_KEY: KEY } })
  const { secret } = await clientWith(KEY, guessed).keys.create.mutate({ name: 'x', scope: 'read' })
  const by = (key: string) => ask('GET', '/status', bearer(key), undefined, guessed)
  for (let count = 0; count < 10; count++) expect(await by(`wrong-${count}`)).toMatchObject({ status: 401 })
  const refused = await by('wrong-again')
  expect(refused).toMatchObject({ status: 429, body: expect.stringContaining('too many wrong keys') })
  expect(refused.headers.get('retry-after')).toBe('60')
  expect(await by(KEY)).toMatchObject({ status: 200 })
  expect(await by(secret)).toMatchObject({ status: 200 })
  guessed.clock.jump(MINUTE)
  expect(await by('wrong-later')).toMatchObject({ status: 401 })
})
