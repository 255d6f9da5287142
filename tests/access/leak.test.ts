import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { createTestDatabase } from '../helpers/database.ts'
import { freePort } from '../helpers/port.ts'
import { beginServer, failToStart, startServer } from '../helpers/process.ts'

const KEY = 'correct-horse-battery-staple'
const WRONG = 'wrong-horse-battery-staple'

test('a key is in no log, no error, no metric and no page, however it came', async () => {
  const home = await createTestDatabase()
  const server = await startServer({ ...home.env, API_KEY: KEY, LOG_LEVEL: 'trace' })
  const seen: string[] = []
  async function ask(method: string, path: string, headers: Record<string, string> = {}, body?: object | string) {
    const json: Record<string, string> = body ? { 'Content-Type': 'application/json' } : {}
    const init = {
      method,
      headers: { ...json, ...headers },
      ...(body ? { body: typeof body === 'string' ? body : JSON.stringify(body) } : {}),
    }
    const response = await fetch(server.url + path, init)
    const text = await response.text()
    seen.push(JSON.stringify([...response.headers]), text)
    return { status: response.status, text }
  }

  const made = await fetch(`${server.url}/trpc/keys.create`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${KEY}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ name: 'Everywhere', scope: 'read' }),
  })
  const { secret } = ((await made.json()) as { result: { data: { secret: string } } }).result.data
  for (const key of [KEY, secret, WRONG]) {
    const status = key === WRONG ? 401 : 200
    expect((await ask('POST', `/heartbeat/a?key=${key}`)).status).toBe(status)
    expect((await ask('POST', `/heartbeat?service_key=a&key=${key}`)).status).toBe(status)
    expect((await ask('GET', '/status', { Authorization: `Bearer ${key}` })).status).toBe(status)
    expect((await ask('GET', '/trpc/keys.list,status?batch=1', { 'X-Api-Key': key })).status).not.toBe(500)
    expect((await ask('GET', `/nothing?key=${key}`)).status).toBe(404)
    expect((await ask('GET', `/%zz?key=${key}`)).status).toBe(400)
    expect((await ask('PUT', `/heartbeat/a?key=${key}`)).status).toBe(405)
    expect((await ask('POST', '/session', {}, { key })).status).toBe(status)
    expect((await ask('POST', '/session', { 'Content-Type': 'application/json' }, key)).status).toBe(400)
    expect((await ask('GET', `/trpc/status?input=${key}`, { 'X-Api-Key': KEY })).status).toBe(400)
    expect((await ask('GET', `/?key=${key}`)).status).toBe(200)
    expect((await ask('GET', '/status', { Cookie: `stillbeat_session=${key}` })).status).toBe(401)
  }
  for (const path of ['/metrics', '/openapi.json', '/trpc/monitor', '/trpc/keys.list']) {
    expect((await ask('GET', path, { Authorization: `Bearer ${KEY}` })).status).toBe(200)
  }
  await server.end('SIGTERM')
  await home.drop()

  expect(server.told.length).toBeGreaterThan(1)
  const everything = [...server.told, ...seen].join('\n')
  for (const key of [KEY, secret, WRONG]) expect(everything).not.toContain(key)
})

const PASSWORD = 'open%23sesame%2Fopen'
const PIECES = ['sesame', 'open#', '%23']

test('the password of the database is in nothing that is said when it is wrong', async () => {
  const url = await startRefusingDatabase()
  const { code, stderr } = await failToStart({ DATABASE_URL: url, LOG_LEVEL: 'trace' })
  expect(code).toBe(1)
  expect(stderr).toBe(
    'cannot start: password authentication failed for user "bob"; are user and password in DATABASE_URL right, and # / ? @ % in them percent-encoded (# → %23)?\n',
  )
})

test('the password is neither in the log nor in an answer when the database cannot be reached', async () => {
  const port = String(await freePort())
  const server = beginServer({
    DATABASE_URL: `postgres://bob:${PASSWORD}@127.0.0.1:1/x`,
    LOG_LEVEL: 'trace',
    PORT: port,
  })
  await expect.poll(() => server.told.join('\n')).toMatch(/the database cannot be reached/)
  const seen: string[] = []
  for (const path of ['/ready', '/metrics', '/status', '/trpc/monitor', '/heartbeat/a']) {
    seen.push(await (await fetch(`http://127.0.0.1:${port}${path}`)).text())
  }
  await server.end('SIGTERM')
  for (const piece of PIECES) expect([...server.told, ...seen].join('\n')).not.toContain(piece)
})

/** Starts a server that refuses the password, as PostgreSQL does. */
async function startRefusingDatabase(): Promise<string> {
  const fields = ['SFATAL', 'C28P01', 'Mpassword authentication failed for user "bob"', '', '']
  const said = Buffer.from(fields.join('\0'))
  const length = Buffer.alloc(4)
  length.writeInt32BE(said.length + length.length)
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => socket.end(Buffer.concat([Buffer.from('E'), length, said])))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return `postgres://bob:${PASSWORD}@127.0.0.1:${(server.address() as AddressInfo).port}/x`
}
