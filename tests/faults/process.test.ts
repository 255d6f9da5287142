import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { expect, test } from 'vitest'
import { createClient } from '../../client/index.ts'
import { createTestDatabase, onPostgres } from '../helpers/database.ts'
import { report, startLoad } from '../helpers/faultLoad.ts'
import { beginServer, startServer } from '../helpers/process.ts'

const LONGEST = { timeout: 120_000 }
/** Half the heap of `npm start`, so that half the flood fills it. */
const HEAP = ['--max-semi-space-size=16', '--max-old-space-size=128']

/** A module that blocks the event loop when the process gets SIGUSR2. */
const BLOCKABLE = `data:text/javascript,${encodeURIComponent(`
  const cell = new Int32Array(new SharedArrayBuffer(4))
  process.on('SIGUSR2', () => Atomics.wait(cell, 0, 0, Number(process.env.BLOCK_MS)))
`)}`

test.runIf(onPostgres).for([8_000, 12_000])(
  'an event loop that is blocked for %i ms raises no false alarm, and no later one is missed',
  LONGEST,
  async (blockMs) => {
    const home = await createTestDatabase()
    const env = { ...home.env, BLOCK_MS: String(blockMs), MIN_SILENCE_SECONDS: '4', CHECK_INTERVAL_SECONDS: '2' }
    const server = beginServer(env, ['--import', BLOCKABLE])
    const url = await server.started
    const api = createClient({ url })
    const keys = ['one', 'two', 'three']
    for (const serviceKey of keys) {
      await api.services.configure.mutate({ serviceKey, expectedPeriodSeconds: 1, graceSeconds: 3 })
    }
    let isOver = false
    const beating = Promise.all(
      keys.map(async (key) => {
        while (!isOver) {
          await fetch(`${url}/heartbeat/${key}`, { method: 'POST' })
          await sleep(500)
        }
      }),
    )
    const downs = async () => (await api.history.query({ status: ['down'] })).transitions.length
    await sleep(2_000)
    const blockedAt = performance.now()
    server.child.kill('SIGUSR2')
    await sleep(500)
    await fetch(`${url}/health`)
    const tookMs = performance.now() - blockedAt
    expect(tookMs).toBeGreaterThan(blockMs - 1_000)
    // Longer than a service may be silent, and one check more.
    await sleep(8_000)
    const falseAlarms = await downs()
    isOver = true
    await beating
    await expect.poll(downs, { timeout: 30_000 }).toBe(keys.length)
    report('blocked event loop', {
      'blocked for': `${blockMs / 1000} s`,
      'false alarms': falseAlarms,
      'missed afterwards': 0,
    })
    expect(falseAlarms).toBe(0)
    await server.end('SIGTERM')
    await home.drop()
  },
)

test.runIf(onPostgres)(
  'a flood of large heartbeats while the database stands still is shed with 503, and kills nobody',
  LONGEST,
  async () => {
    const home = await createTestDatabase()
    const databaseUrl = (home.env as { DATABASE_URL: string }).DATABASE_URL
    const server = beginServer({ ...home.env }, HEAP)
    const url = await server.started
    await fetch(`${url}/heartbeat/flood-0`, { method: 'POST' })
    const holder = new pg.Client({ connectionString: databaseUrl })
    await holder.connect()
    await holder.query('begin; lock table service_states')
    const body = JSON.stringify({ metadata: { text: 'x'.repeat(9_900) } })
    const load = startLoad(() => [url], { prefix: 'flood', callers: 2_500, patienceMs: 1_000, body })
    await expect.poll(() => load.unanswered(), { timeout: 40_000 }).toBeGreaterThan(2_500)
    const asked = performance.now()
    expect((await fetch(`${url}/health`)).status).toBe(200)
    const healthMs = Math.round(performance.now() - asked)
    await holder.query('rollback')
    await holder.end()
    await expect.poll(() => load.answered(), { timeout: 40_000 }).toBeGreaterThan(100)
    const lost = await load.lost(databaseUrl)
    report('flood', { answered: load.answered(), lost, shed: load.unanswered(), '/health within': `${healthMs} ms` })
    expect(server.child.exitCode).toBe(null)
    expect(load.strange).toEqual([])
    expect(lost).toBe(0)
    expect((await server.end('SIGTERM')).code).toBe(0)
    await home.drop()
  },
)

test.runIf(onPostgres)(
  'SIGTERM under load ends within 10 s, with nothing answered lost and nothing half-done',
  LONGEST,
  async () => {
    const home = await createTestDatabase()
    const databaseUrl = (home.env as { DATABASE_URL: string }).DATABASE_URL
    let slowestMs = 0
    let answered = 0
    let lost = 0
    for (let stop = 0; stop < 3; stop++) {
      const server = await startServer({ ...home.env })
      const load = startLoad(() => [server.url], { prefix: `stop${stop}`, callers: 32, body: '{"metadata":{"a":1}}' })
      await expect.poll(() => load.answered(), { timeout: 40_000 }).toBeGreaterThan(300)
      const askedAt = performance.now()
      expect(await server.end('SIGTERM')).toEqual({ code: 0 })
      slowestMs = Math.max(slowestMs, performance.now() - askedAt)
      lost += await load.lost(databaseUrl)
      answered += load.answered()
      expect(load.strange).toEqual([])
    }
    report('SIGTERM', { stops: 3, answered, lost, slowest: `${(slowestMs / 1000).toFixed(1)} s` })
    expect(lost).toBe(0)
    expect(slowestMs).toBeLessThan(10_000)
    await home.drop()
  },
)
