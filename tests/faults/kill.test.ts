import { expect, test } from 'vitest'
import { createClient } from '../../client/index.ts'
import { createTestDatabase } from '../helpers/database.ts'
import { type ServerProcess, startServer } from '../helpers/process.ts'

const RUNS = Number(process.env.KILL_RUNS || 2)
const CALLERS = 32
const SERVICES = 16

test('kill -9 in the middle of a load loses no heartbeat that was answered', { timeout: 300_000 }, async () => {
  const home = await createTestDatabase()
  const answered: string[] = []
  let missing: string[] = []
  let server = await startServer({ ...home.env })
  for (let run = 0; run < RUNS; run++) {
    const before = answered.length
    await loadUntilKilled(server, `run-${run}`, answered)
    expect(answered.length).toBeGreaterThan(before)
    server = await startServer({ ...home.env })
    missing = missing.concat(await notFound(server.url, `run-${run}`, answered.slice(before)))
  }
  await server.end('SIGTERM')
  await home.drop()

  expect(missing).toEqual([])
  process.stdout.write(`killed ${RUNS} times: ${answered.length} heartbeats answered, ${missing.length} missing\n`)
})

/** A load of many callers, each of which sends heartbeats as fast as they are answered, until the server is killed. */
async function loadUntilKilled(server: ServerProcess, prefix: string, answered: string[]): Promise<void> {
  let isUp = true
  const killAfter = 200 + Math.floor(Math.random() * 500)
  const target = answered.length + killAfter
  const callers = Array.from({ length: CALLERS }, async (_, caller) => {
    const key = `${prefix}-${caller % SERVICES}`
    while (isUp) {
      const response = await fetch(`${server.url}/heartbeat/${key}`, { method: 'POST' }).catch(() => undefined)
      if (!response) return
      const body = (await response.json().catch(() => undefined)) as { timestamp: string } | undefined
      if (response.status === 200 && body) answered.push(`${key} ${body.timestamp}`)
      if (isUp && answered.length >= target) {
        isUp = false
        await server.end('SIGKILL')
      }
    }
  })
  await Promise.all(callers)
}

/** Finds the answered heartbeats that the restarted server does not have. */
async function notFound(url: string, prefix: string, answered: string[]): Promise<string[]> {
  const api = createClient({ url })
  const stored = new Map<string, number>()
  for (let service = 0; service < SERVICES; service++) {
    const serviceKey = `${prefix}-${service}`
    const { heartbeats } = await api.heartbeats.query({ serviceKey, limit: 1_000 })
    for (const { at } of heartbeats) stored.set(`${serviceKey} ${at}`, (stored.get(`${serviceKey} ${at}`) ?? 0) + 1)
  }
  return answered.filter((heartbeat) => {
    const left = stored.get(heartbeat) ?? 0
    stored.set(heartbeat, left - 1)
    return left <= 0
  })
}
