import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { createTestDatabase, onPostgres, type TestDatabase } from '../helpers/database.ts'
import { query, report, startLoad } from '../helpers/faultLoad.ts'
import { freePort } from '../helpers/port.ts'
import { type BegunProcess, beginServer, startServer } from '../helpers/process.ts'

const LONGEST = { timeout: 120_000 }
const LONGEST_STOP_MS = 10_000

interface Hold {
  home: TestDatabase
  databaseUrl: string
  /** The connection that holds the locks, until it ends its transaction. */
  holder: pg.Client
}

/** Makes a database on which a start hangs after HTTP is open, since a table of the job queue is locked. */
async function heldUp(...statements: string[]): Promise<Hold> {
  const home = await createTestDatabase()
  const databaseUrl = (home.env as { DATABASE_URL: string }).DATABASE_URL
  const server = await startServer({ ...home.env })
  await fetch(`${server.url}/heartbeat/worker`, { method: 'POST' })
  await server.end('SIGTERM')
  const holder = new pg.Client({ connectionString: databaseUrl })
  await holder.connect()
  onTestFinished(async () => {
    await holder.end()
    await home.drop()
  })
  for (const statement of ['begin', 'lock table pgboss.version', ...statements]) await holder.query(statement)
  return { home, databaseUrl, holder }
}

/** Begins a server, and waits until HTTP is open; its start hangs. */
async function beginHere(home: TestDatabase): Promise<{ server: BegunProcess; url: string }> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const server = beginServer({ ...home.env, PORT: String(port) })
  await expect
    .poll(() =>
      fetch(`${url}/ready`).then(
        ({ status }) => status,
        () => 0,
      ),
    )
    .toBe(200)
  return { server, url }
}

async function endInTime(server: Pick<BegunProcess, 'end'>): Promise<number> {
  const askedAt = performance.now()
  expect(await server.end('SIGTERM')).toEqual({ code: 0 })
  const tookMs = performance.now() - askedAt
  expect(tookMs).toBeLessThan(LONGEST_STOP_MS)
  return tookMs
}

test.runIf(onPostgres)(
  'SIGTERM in the middle of a start under load loses nothing that was answered',
  LONGEST,
  async () => {
    const { home, databaseUrl } = await heldUp()
    const { server, url } = await beginHere(home)
    const load = startLoad(() => [url])
    await expect.poll(() => load.answered(), { timeout: 40_000 }).toBeGreaterThan(300)
    const tookMs = await endInTime(server)
    const lost = await load.lost(databaseUrl)
    report('SIGTERM in a start', { answered: load.answered(), lost, took: `${(tookMs / 1000).toFixed(1)} s` })
    expect(lost).toBe(0)
    expect(load.strange).toEqual([])
    expect(server.told.join('\n')).not.toContain('listens on')
  },
)

test.runIf(onPostgres)(
  'a heartbeat that waits for the database when SIGTERM comes in the middle of a start is answered 503',
  LONGEST,
  async () => {
    const { home, databaseUrl } = await heldUp('select from service_states for update')
    const { server, url } = await beginHere(home)
    const answer = fetch(`${url}/heartbeat/worker`, { method: 'POST' })
    await untilWaiting(databaseUrl)
    await endInTime(server)
    expect((await answer).status).toBe(503)
    expect(await (await answer).json()).toMatchObject({ error: { code: 'SERVICE_UNAVAILABLE' } })
  },
)

test.runIf(onPostgres)(
  'and so it is when SIGTERM comes later, to a server whose database does not answer',
  LONGEST,
  async () => {
    const { home, databaseUrl, holder } = await heldUp()
    await holder.query('rollback')
    const server = await startServer({ ...home.env })
    for (const statement of ['begin', 'select from service_states for update']) await holder.query(statement)
    const answer = fetch(`${server.url}/heartbeat/worker`, { method: 'POST' })
    await untilWaiting(databaseUrl)
    await endInTime(server)
    expect((await answer).status).toBe(503)
    await expect.poll(() => server.told.at(-1)).toMatch(/the database does not answer; leaving after 9 s without it/)
  },
)

const untilWaiting = (databaseUrl: string) =>
  expect
    .poll(() =>
      query(
        databaseUrl,
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
          and query like '%service_states%' and pid <> pg_backend_pid()`,
      ),
    )
    .not.toEqual([])

test('a start can be ended as soon as HTTP is open', async () => {
  const home = await createTestDatabase()
  const port = await freePort()
  const server = beginServer({ ...home.env, PORT: String(port) })
  await expect
    .poll(() =>
      fetch(`http://127.0.0.1:${port}/health`).then(
        ({ status }) => status,
        () => 0,
      ),
    )
    .toBe(200)
  await endInTime(server)
  const again = await startServer({ ...home.env })
  expect((await again.end('SIGTERM')).code).toBe(0)
  await home.drop()
})
