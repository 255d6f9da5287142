import { expect, test } from 'vitest'
import type { Delivery } from '../../server/delivery/notifier.ts'
import { startTestApp } from '../helpers/app.ts'
import { HOUR, MINUTE, SECOND } from '../helpers/clock.ts'

test('the monitor tells how it is: its outages, its deliveries, its next summary', async () => {
  let outcome: Delivery = { outcome: 'refused', reason: 'chat not found', permanent: true }
  const app = await startTestApp({
    proofEveryMs: 5 * SECOND,
    env: { ALERT_GROUP_SECONDS: '0', PUBLIC_URL: 'https://beats.example.org', DAILY_SUMMARY_TIME: '14:00' },
    channels: [{ target: 'telegram:1', address: '1', notifier: { send: async () => outcome } }],
  })
  const startedAt = app.clock.now()
  const iso = (ms: number) => new Date(ms).toISOString().replace('Z', '+00:00')
  const fail = async (serviceKey: string) => {
    await app.beat(serviceKey)
    await app.api.signal.mutate({ serviceKey, kind: 'fail' })
    await app.live(SECOND)
  }
  await fail('first')
  outcome = { outcome: 'sent' }
  await fail('second')
  const sentAt = app.clock.now() - SECOND
  outcome = { outcome: 'refused', reason: 'try later', permanent: false, retryAfterMs: HOUR }
  await fail('third')
  const awayFrom = app.clock.now()
  app.clock.jump(MINUTE)
  await app.clock.advance(5 * SECOND)

  const monitor = await app.api.monitor.query()
  expect(monitor).toMatchObject({
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    startedAt: iso(startedAt),
    now: iso(app.clock.now()),
    database: app.database.description,
    timezone: 'UTC',
    publicUrl: 'https://beats.example.org',
    counts: { down: 3 },
    storage: { retentionDays: 30, bytes: expect.any(Number) },
    summary: { nextAt: '2026-11-23T14:00:00.000+00:00' },
  })
  const heartbeats = monitor.storage.tables.find(({ table }) => table === 'heartbeats')
  expect(heartbeats?.bytes).toBeGreaterThan(0)
  expect(monitor.storage.bytes).toBeGreaterThan(heartbeats?.bytes ?? 0)
  expect(monitor.outages).toHaveLength(1)
  expect(Date.parse(monitor.outages[0]?.from ?? '')).toBeLessThanOrEqual(awayFrom)
  expect(monitor.deliveries).toEqual([
    {
      target: 'telegram:1',
      isConfigured: true,
      pending: expect.any(Number),
      failedLastDay: 1,
      lastError: 'try later',
      lastSentAt: iso(sentAt),
      retryAt: iso(awayFrom - SECOND + HOUR),
    },
  ])
})
