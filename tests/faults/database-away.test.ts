import { expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../helpers/app.ts'
import { MINUTE, SECOND } from '../helpers/clock.ts'
import { createTestDatabase, onPostgres } from '../helpers/database.ts'
import { readMetrics } from '../helpers/metrics.ts'
import { startProxy } from '../helpers/proxy.ts'
import { learnFiveMinutes, statusOf } from '../helpers/rhythm.ts'

const heartbeatStatus = async (app: TestApp) => (await app.fetch('/heartbeat/worker', { method: 'POST' })).status

test.runIf(onPostgres)('a database that went away answers 503 and heals by itself', async () => {
  const { env, drop } = await createTestDatabase()
  const proxy = await startProxy((env as { DATABASE_URL: string }).DATABASE_URL)
  const app = await startTestApp({ beside: { env: { DATABASE_URL: proxy.url }, drop }, proofEveryMs: 5 * SECOND })
  await learnFiveMinutes(app, 'worker')

  await app.clock.advance(9 * MINUTE + 58 * SECOND)
  proxy.cut()
  const refused = await app.fetch('/heartbeat/worker', { method: 'POST' })
  expect(refused.status).toBe(503)
  expect(refused.headers.get('Retry-After')).toBe('2')
  expect(await refused.json()).toMatchObject({ error: { code: 'SERVICE_UNAVAILABLE' } })
  expect((await app.fetch('/status')).status).toBe(503)
  expect((await app.fetch('/ready')).status).toBe(503)
  expect((await app.fetch('/health')).status).toBe(200)
  const metrics = await readMetrics(app)
  expect(metrics('stillbeat_database_up')).toBe(0)
  expect(metrics('stillbeat_services', { status: 'alive' })).toBe(undefined)
  expect(metrics('stillbeat_http_requests_total', { door: '/status', code: '503' })).toBe(1)

  // This is too short for a late proof to mean an outage: only the failed commit says so.
  app.clock.jump(4 * SECOND)
  proxy.mend()
  await expect.poll(async () => (await app.fetch('/ready')).status, { timeout: 10_000 }).toBe(200)
  await app.pass(SECOND)
  expect(await statusOf(app, 'worker')).toBe('alive')
  expect(await heartbeatStatus(app)).toBe(200)
  const { heartbeats } = await app.api.heartbeats.query({ serviceKey: 'worker' })
  expect(heartbeats).toHaveLength(5)
  await app.stop()
  await drop()
})

test.runIf(onPostgres)('connections that fell silent are replaced once an answer is overdue', async () => {
  const { env, drop } = await createTestDatabase()
  const proxy = await startProxy((env as { DATABASE_URL: string }).DATABASE_URL)
  const app = await startTestApp({ beside: { env: { DATABASE_URL: proxy.url }, drop }, proofEveryMs: 5 * SECOND })
  await app.beat('worker')
  proxy.freeze()
  expect(await heartbeatStatus(app)).toBe(503)
  await expect.poll(() => heartbeatStatus(app), { timeout: 40_000 }).toBe(200)
  await app.stop()
  await drop()
})
