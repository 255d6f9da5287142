import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { openDatabase } from '../../db/open.ts'
import { readConfig } from '../../server/config.ts'
import { createTestDatabase, onPostgres } from '../helpers/database.ts'
import { freePort } from '../helpers/port.ts'
import { beginServer, failToStart, startServer } from '../helpers/process.ts'
import { startProxy } from '../helpers/proxy.ts'

test.runIf(onPostgres)('a start while the database is away waits, says so, and goes on by itself', async () => {
  const { env, drop } = await createTestDatabase()
  const proxy = await startProxy((env as { DATABASE_URL: string }).DATABASE_URL)
  proxy.cut()
  const port = await freePort()
  const server = beginServer({ DATABASE_URL: proxy.url, PORT: String(port) })
  const at = (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${port}${path}`, init)
  const waiting = () => server.told.filter((line) => line.includes('the database cannot be reached'))
  await expect.poll(waiting).toHaveLength(1)

  expect((await at('/health')).status).toBe(200)
  expect((await at('/')).status).toBe(200)
  const ready = await at('/ready')
  expect(ready.status).toBe(503)
  expect(await ready.json()).toEqual({
    error: {
      code: 'SERVICE_UNAVAILABLE',
      reason: 'starting',
      message: 'still starting: waiting for the database, which cannot be reached',
    },
  })
  for (const [path, method] of [
    ['/heartbeat/worker', 'POST'],
    ['/status', 'GET'],
    ['/trpc/status', 'GET'],
    ['/trpc/publicGroup?input={"group":"a"}', 'GET'],
    ['/badge/worker.svg', 'GET'],
    ['/session', 'GET'],
    ['/session', 'POST'],
    ['/session', 'DELETE'],
  ] as const) {
    const refused = await at(path, { method })
    expect([path, refused.status]).toEqual([path, 503])
    expect(await refused.text()).toContain('still starting: waiting for the database')
  }
  expect((await at('/heartbeat/worker', { method: 'POST' })).headers.get('Retry-After')).toBe('2')

  proxy.mend()
  await server.started
  expect(waiting()).toHaveLength(1)
  expect((await at('/ready')).status).toBe(200)
  expect((await at('/heartbeat/worker', { method: 'POST' })).status).toBe(200)
  expect(await server.end('SIGTERM')).toEqual({ code: 0 })
  await drop()
})

test('a start that waits for its database can be ended', async () => {
  const server = beginServer({ DATABASE_URL: 'postgres://nobody@127.0.0.1:1/x' })
  await expect.poll(() => server.told.join('\n')).toMatch(/is PostgreSQL at 127\.0\.0\.1:1\/x running/)
  expect(await server.end('SIGTERM')).toEqual({ code: 0 })
})

test.runIf(onPostgres)('an address that is wrong stops the start with what PostgreSQL says', async () => {
  const { env, drop } = await createTestDatabase()
  const url = new URL((env as { DATABASE_URL: string }).DATABASE_URL)
  url.pathname = '/no_such_database'
  const { code, stderr } = await failToStart({ DATABASE_URL: url.href })
  expect(code).toBe(1)
  expect(stderr).toBe(
    'cannot start: database "no_such_database" does not exist; create that database, or name another one in DATABASE_URL.\n',
  )
  await drop()
})

test('a database of a newer program is refused, with the cure', async () => {
  const { env, drop } = await createTestDatabase()
  await makeNewer(env)
  const { code, stderr } = await failToStart({ ...env })
  expect(code).toBe(1)
  expect(stderr).toBe(
    'the database was set up by a newer Stillbeat (it knows 9999_newer); start that version or a later one\n',
  )
  await drop()
})

test.runIf(onPostgres)(
  'a server under which a newer one has upgraded the database says so once, and goes on',
  async () => {
    const { env, drop } = await createTestDatabase()
    const server = await startServer({ ...env })
    const warnings = () =>
      server.told.filter((line) => line.includes('a newer Stillbeat has upgraded the database (9999_newer)'))
    await makeNewer(env)
    await expect
      .poll(async () => {
        // The hint that a server sends when it has started.
        await tell(env, `{"from":"newer","topics":{"started":["99.0.0"]}}`)
        return warnings().length
      })
      .toBe(1)
    await tell(env, `{"from":"newer","topics":{"started":["99.0.0"]}}`)
    expect((await fetch(`${server.url}/heartbeat/worker`, { method: 'POST' })).status).toBe(200)
    expect(warnings()).toHaveLength(1)
    await server.end('SIGTERM')
    await drop()
  },
)

const makeNewer = (env: Record<string, string>) =>
  run(env, `insert into kysely_migration (name, timestamp) values ('9999_newer', 'now')`)

const tell = (env: Record<string, string>, hint: string) => run(env, `select pg_notify('stillbeat', '${hint}')`)

async function run(env: Record<string, string>, statement: string): Promise<void> {
  const { db, close } = await openDatabase(readConfig(env).database)
  await sql.raw(statement).execute(db)
  await close()
}
