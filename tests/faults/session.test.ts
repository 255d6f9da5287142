import pg from 'pg'
import { describe, expect, onTestFinished, test } from 'vitest'
import { startTestApp, type TestApp } from '../helpers/app.ts'
import { createOnServer, onPostgres } from '../helpers/database.ts'
import { query } from '../helpers/faultLoad.ts'
import { failToStart } from '../helpers/process.ts'

const serverUrl = process.env.TEST_DATABASE_URL ?? ''

/** A server on a database of its own, whose defaults a test may change. */
async function start(setUp: (name: string) => string[] = () => []) {
  const home = await createOnServer(serverUrl)
  onTestFinished(home.drop)
  const url = (home.env as { DATABASE_URL: string }).DATABASE_URL
  for (const statement of setUp(home.name)) await query(serverUrl, statement)
  const app = await startTestApp({ beside: home })
  return { app, url, name: home.name }
}

const beat = async ({ fetch }: TestApp, key = 'api') => (await fetch(`/heartbeat/${key}`, { method: 'POST' })).status
const ready = async ({ fetch }: TestApp) => (await fetch('/ready')).status
const cutAll = (url: string, name: string) =>
  query(
    url,
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}' and pid <> pg_backend_pid()`,
  )

describe.skipIf(!onPostgres)('sessions in PostgreSQL', () => {
  test('a database that turns read-only is not ready, and is again when it takes writes', async () => {
    const { app, url, name } = await start()
    expect([await beat(app), await ready(app)]).toEqual([200, 200])
    await query(serverUrl, `alter database ${name} set default_transaction_read_only = on`)
    await cutAll(serverUrl, name)
    await expect.poll(() => ready(app)).toBe(503)
    expect(await beat(app)).toBe(503)
    await query(serverUrl, `alter database ${name} reset default_transaction_read_only`)
    await cutAll(url, name)
    await expect.poll(() => ready(app)).toBe(200)
    await expect.poll(() => beat(app)).toBe(200)
  })

  test('a lock that is held for long leaves no statement behind, and no false alarm', async () => {
    const { app, url, name } = await start()
    await beat(app)
    const waiting = `from pg_stat_activity where datname = '${name}' and wait_event_type = 'Lock'`
    const lock = await holdLock(url)
    // Each is refused when PostgreSQL has ended its statement, so nothing is left of the first when the second is.
    expect(await beat(app)).toBe(503)
    expect(await beat(app)).toBe(503)
    const left = await query<{ seconds: number }>(
      url,
      `select extract(epoch from now() - query_start) as seconds ${waiting}`,
    )
    expect(left.filter(({ seconds }) => Number(seconds) > 15)).toEqual([])
    await lock.release()
    await expect.poll(() => beat(app)).toBe(200)
    const count = `select count(*)::integer as count from pg_stat_activity where datname = '${name}'`
    const [{ count: backends } = { count: 0 }] = await query<{ count: number }>(url, count)
    expect(backends).toBeLessThanOrEqual(18)
  })

  test('a role that may create nothing stops the first start with what to grant', async () => {
    const home = await createOnServer(serverUrl)
    onTestFinished(home.drop)
    const role = `${home.name}_role`
    await query(serverUrl, `create role ${role} login`)
    onTestFinished(async () => void (await query(serverUrl, `drop role ${role}`)))
    const url = new URL(serverUrl)
    url.pathname = `/${home.name}`
    url.username = role
    await query(
      `${Object.assign(new URL(url), { username: new URL(serverUrl).username })}`,
      'revoke create on schema public from public',
    )
    const { code, stderr } = await failToStart({ DATABASE_URL: url.href })
    expect(code).toBe(1)
    expect(stderr).toMatch(/^cannot start: permission denied .*; grant its user what it needs: `create` on/)
  })

  test('the defaults of server and database change nothing that we rely on', async () => {
    const { app } = await start((name) => [
      `alter database ${name} set default_transaction_isolation = 'serializable'`,
      `alter database ${name} set standard_conforming_strings = off`,
      `alter database ${name} set idle_in_transaction_session_timeout = '1ms'`,
    ])
    const keys = ["a\\b'c", 'x\\', 'plain']
    const sent = Array.from({ length: 60 }, (_, index) => beat(app, encodeURIComponent(keys[index % 3] ?? '')))
    expect(new Set(await Promise.all(sent))).toEqual(new Set([200]))
    const rows = await app.database.db.selectFrom('services').select('key').execute()
    expect(rows.map(({ key }) => key).toSorted()).toEqual(keys.toSorted())
  })
})

/** Locks the states of all services against everybody, as a careless statement of a person does. */
async function holdLock(url: string): Promise<{ release(): Promise<void> }> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  onTestFinished(() => client.end())
  await client.query('begin; lock table service_states in access exclusive mode')
  return { release: async () => void (await client.query('rollback')) }
}
