import { sql } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import type { Delivery } from '../../server/delivery/notifier.ts'
import { startTestApp } from '../helpers/app.ts'
import { MINUTE, SECOND } from '../helpers/clock.ts'
import { createTestDatabase } from '../helpers/database.ts'
import { readMetrics } from '../helpers/metrics.ts'

test('metrics tell of services, heartbeats, checks, messages and the database', async () => {
  let outcome: Delivery = { outcome: 'refused', reason: 'away', permanent: false }
  const app = await startTestApp({
    proofEveryMs: 5 * SECOND,
    env: { ALERT_GROUP_SECONDS: '0' },
    channels: [{ target: 'telegram:42', address: '42', notifier: { send: async () => outcome } }],
  })
  expect((await readMetrics(app))('stillbeat_deliveries_total', { channel: 'telegram', outcome: 'failed' })).toBe(0)
  for (let beat = 0; beat < 4; beat++) {
    await app.beat('regular')
    await app.pass(MINUTE)
  }
  await app.beat('new')
  await app.api.services.pause.mutate({ serviceKey: 'new' })
  await app.api.signal.mutate({ serviceKey: 'job', kind: 'start' })
  await app.pass(2 * MINUTE + SECOND)

  const metrics = await readMetrics(app)
  expect(metrics('stillbeat_services', { status: 'down' })).toBe(1)
  expect(metrics('stillbeat_services', { status: 'unknown' })).toBe(2)
  expect(metrics('stillbeat_services', { status: 'alive' })).toBe(0)
  expect(metrics('stillbeat_services_paused')).toBe(1)
  expect(metrics('stillbeat_heartbeats_total', { kind: 'heartbeat' })).toBe(5)
  expect(metrics('stillbeat_heartbeats_total', { kind: 'start' })).toBe(1)
  expect(metrics('stillbeat_batch_size_count')).toBe(6)
  expect(metrics('stillbeat_batch_size_sum')).toBe(6)
  expect(metrics('stillbeat_transitions_total', { to: 'down' })).toBe(1)
  expect(metrics('stillbeat_deadline_lag_seconds_count')).toBe(1)
  expect(metrics('stillbeat_deadline_lag_seconds_sum')).toBeLessThanOrEqual(60)
  expect(metrics('stillbeat_check_seconds_count')).toBeGreaterThan(0)
  expect(metrics('stillbeat_messages_pending', { channel: 'telegram' })).toBe(1)
  expect(metrics('stillbeat_deliveries_total', { channel: 'telegram', outcome: 'retried' })).toBeGreaterThan(0)
  expect(metrics('stillbeat_database_bytes', { table: 'heartbeats' })).toBeGreaterThan(0)
  expect(metrics('stillbeat_database_bytes', { table: 'pgboss' })).toBeGreaterThan(0)
  expect(metrics('stillbeat_http_requests_total', { door: '/heartbeat', code: '200' })).toBe(5)
  expect(metrics('nodejs_eventloop_lag_p99_seconds')).toBeGreaterThan(0)

  outcome = { outcome: 'sent' }
  await app.pass(5 * MINUTE)
  const later = await readMetrics(app)
  expect(later('stillbeat_messages_pending', { channel: 'telegram' })).toBe(0)
  expect(later('stillbeat_deliveries_total', { channel: 'telegram', outcome: 'sent' })).toBe(1)
})

test('a change of status counts once it is committed, and not when it was undone', async () => {
  const app = await startTestApp()
  for (const key of ['silent', 'changed', 'job']) {
    await app.api.services.configure.mutate({ serviceKey: key, expectedPeriodSeconds: 60 })
    await app.beat(key)
  }
  await app.settled()
  const downs = async () => (await readMetrics(app))('stillbeat_transitions_total', { to: 'down' }) ?? 0
  const fail = () => app.api.signal.mutate({ serviceKey: 'job', kind: 'fail' })
  const configure = () => app.api.services.configure.mutate({ serviceKey: 'changed', expectedPeriodSeconds: 90 })

  const { db } = app.database
  await sql`create function refuse() returns trigger language plpgsql as 'begin raise exception ''disk full''; end'`.execute(
    db,
  )
  await sql`create trigger refuse before insert on incidents for each row execute function refuse()`.execute(db)
  await expect(fail()).rejects.toThrow('something went wrong here')
  app.clock.jump(3 * MINUTE)
  await expect(configure()).rejects.toThrow('something went wrong here')
  await app.pass(SECOND)
  expect(await downs()).toBe(0)

  await sql`drop trigger refuse on incidents`.execute(db)
  await fail()
  expect(await downs()).toBe(1)
  await configure()
  expect(await downs()).toBe(2)
  await app.live(5 * SECOND)
  expect(await downs()).toBe(3)
})

test('of several chats the message that has waited longest counts, and chats no longer written to do not', async () => {
  const refused: Delivery = { outcome: 'refused', reason: 'away', permanent: false }
  let first: Delivery = refused
  const home = await createTestDatabase()
  onTestFinished(home.drop)
  const app = await startTestApp({
    beside: home,
    env: { ALERT_GROUP_SECONDS: '0' },
    channels: [
      { target: 'telegram:2', address: '2', notifier: { send: async () => refused } },
      { target: 'telegram:1', address: '1', notifier: { send: async () => first } },
    ],
  })
  await app.beat('a')
  await app.api.signal.mutate({ serviceKey: 'a', kind: 'fail' })
  await app.settled()
  await app.pass(2 * MINUTE)
  first = { outcome: 'sent' }
  await app.pass(5 * MINUTE)
  first = refused
  await app.beat('a')
  await app.settled()
  expect((await readMetrics(app))('stillbeat_messages_oldest_seconds', { channel: 'telegram' })).toBe(420)
  await app.stop()

  const next = await startTestApp({ beside: home, clock: app.clock })
  const metrics = await readMetrics(next)
  expect(metrics('stillbeat_messages_oldest_seconds', { channel: 'telegram' })).toBe(undefined)
  expect(metrics('stillbeat_messages_pending', { channel: 'memory' })).toBe(0)
})

test('no key, name, chat or message is in them', async () => {
  const app = await startTestApp({
    env: { ALERT_GROUP_SECONDS: '0' },
    channels: [
      { target: 'telegram:4242', address: '4242', notifier: { send: async () => ({ outcome: 'sent' as const }) } },
    ],
  })
  await app.beat('secret-service')
  await app.api.services.configure.mutate({ serviceKey: 'secret-service', displayName: 'Hidden', group: 'inner' })
  await app.api.signal.mutate({ serviceKey: 'secret-service', kind: 'fail', message: 'whispered' })
  await app.fetch('/badge/secret-service.svg')
  await app.fetch('/there/is/nothing/secret-service')
  await app.settled()
  const response = await app.fetch('/metrics')
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
  const body = await response.text()
  expect(body).not.toMatch(/secret-service|Hidden|inner|whispered|4242/)
  expect(body).toContain('door="/badge/:file",code="200"')
  expect(body).toContain('door="none",code="404"')
})

test('however many scrape, the database is asked once in five seconds; what this process knows is always new', async () => {
  const app = await startTestApp()
  await app.beat('first')
  expect((await readMetrics(app))('stillbeat_services', { status: 'unknown' })).toBe(1)
  await app.beat('second')
  const soon = await readMetrics(app)
  expect(soon('stillbeat_services', { status: 'unknown' })).toBe(1)
  expect(soon('stillbeat_heartbeats_total', { kind: 'heartbeat' })).toBe(2)
  await app.pass(5 * SECOND)
  expect((await readMetrics(app))('stillbeat_services', { status: 'unknown' })).toBe(2)
})

test('metrics need a key if API_KEY is set', async () => {
  const app = await startTestApp({ env: { API_KEY: 'correct-horse' } })
  expect(await app.fetch('/metrics')).toMatchObject({ status: 401 })
  const headers = { Authorization: 'Bearer correct-horse' }
  expect(await app.fetch('/metrics', { headers })).toMatchObject({ status: 200 })
})
