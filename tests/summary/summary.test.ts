import { expect, test } from 'vitest'
import { startTestApp, type TestApp, type TestAppOptions } from '../helpers/app.ts'
import { createTestClock, DAY, HOUR, MINUTE, SECOND } from '../helpers/clock.ts'
import { createTestDatabase, onPostgres } from '../helpers/database.ts'
import { learnFiveMinutes } from '../helpers/rhythm.ts'
import { textsOf } from '../helpers/told.ts'

/** Noon of a Monday. */
const NOON = Date.UTC(2026, 10, 23, 12)
const options = { env: { CHECK_INTERVAL_SECONDS: '3600' }, proofEveryMs: 10 * MINUTE }

const start = (more: TestAppOptions = {}) => startTestApp({ ...options, ...more })

/** The times of the summaries that were sent, in the server's zone. */
const summaries = (app: TestApp) => app.told.filter(isSummary).map(({ data }) => data.at)
const isSummary = ({ data }: TestApp['told'][number]) => data.event === 'summary'

test('the summary comes every morning, what needs attention first', async () => {
  const env = { ...options.env, DEAD_AFTER_SECONDS: '7200', SERVICE_INACTIVE_THRESHOLD_MINUTES: '60' }
  const app = await start({ env, clock: createTestClock(Date.UTC(2026, 10, 24, 5)) })
  const { api } = app
  await api.signal.mutate({ serviceKey: 'old-bot', kind: 'fail' })
  await api.services.configure.mutate({ serviceKey: 'never-heard', deadAfterSeconds: 864_000 })
  await app.live(90 * MINUTE)
  await api.signal.mutate({ serviceKey: 'import', kind: 'attention', message: '3 rows skipped' })
  await api.services.configure.mutate({ serviceKey: 'billing', displayName: 'Billing <b>EU</b>' })
  await api.services.pause.mutate({ serviceKey: 'billing' })
  await app.live(2 * HOUR + 10 * MINUTE)
  await api.signal.mutate({ serviceKey: 'etl', kind: 'fail', message: 'disk full' })
  await api.acknowledge.mutate({ serviceKey: 'etl', by: 'Ada' })
  await learnFiveMinutes(app, 'web', 'api')
  await app.live(10 * MINUTE)
  expect(textsOf(app.told.filter(isSummary))).toMatchInlineSnapshot(`
    [
      "📋 Tue 24 Nov: 4 need attention
    🔴 Down (1)
    • Etl — since 08:40 (20 min), seen by Ada, failed: disk full
    ⚫ Newly dead (2)
    • Import — last heard 06:30
    • Old Bot — never heard
    👀 Asks for a look (1)
    • Import — 3 rows skipped (06:30)
    💤 Not heard for long (1)
    • Never Heard — silent since 05:00
    🟢 Alive (2): Api, Web
    ⏸ Paused (1): Billing <b>EU</b>",
    ]
  `)
  await app.live(DAY)
  expect(summaries(app)).toEqual(['2026-11-24T09:00:00.000+00:00', '2026-11-25T09:00:00.000+00:00'])
})

test('what was down in the night and is over by nine is told, once, also what was muted or paused', async () => {
  const app = await start({ clock: createTestClock(Date.UTC(2026, 10, 23, 8)) })
  const { api } = app
  await api.services.configure.mutate({ serviceKey: 'shop', expectedPeriodSeconds: 24 * 3_600 })
  await app.beat('shop')
  // The first summary says that all is well.
  await app.live(12 * HOUR)
  await api.signal.mutate({ serviceKey: 'mail', kind: 'fail', message: 'no route\nto host' })
  await app.live(30 * MINUTE)
  await api.services.pause.mutate({ serviceKey: 'mail' })
  await app.live(HOUR)
  await api.signal.mutate({ serviceKey: 'etl', kind: 'fail', message: 'disk full' })
  await app.live(4 * HOUR)
  await api.signal.mutate({ serviceKey: 'etl', kind: 'success' })
  await api.services.configure.mutate({ serviceKey: 'quiet', mutedUntil: 'recovered' })
  await api.signal.mutate({ serviceKey: 'quiet', kind: 'fail' })
  await api.signal.mutate({ serviceKey: 'night', kind: 'fail' })
  await app.live(3 * HOUR)
  await api.signal.mutate({ serviceKey: 'quiet', kind: 'success' })
  await api.signal.mutate({ serviceKey: 'night', kind: 'success' })
  await app.live(HOUR)
  await api.signal.mutate({ serviceKey: 'night', kind: 'fail' })
  await app.live(10 * MINUTE)
  await api.signal.mutate({ serviceKey: 'night', kind: 'success' })
  await app.live(2 * HOUR)
  await app.beat('shop')
  await app.live(2 * HOUR)
  const [first, second] = app.told.filter(isSummary)
  expect(first?.title).toBe('📋 Mon 23 Nov: all is well')
  expect(textsOf(second ? [second] : [])).toMatchInlineSnapshot(`
    [
      "📋 Tue 24 Nov: 4 were down
    🕓 Since the last summary (4)
    • Etl — was down 23 Nov 21:30–24 Nov 01:30 (4 h, failed: disk full)
    • Night — was down 01:30–04:30 (3 h, failed), 05:30–05:40 (10 min, failed)
    • Quiet — was down 01:30–04:30 (3 h, failed, muted)
    • Mail — was down 23 Nov 20:00–20:30 (30 min, failed: no route to host, ⏸ paused)
    🟢 Alive (4): Etl, Night, Quiet, Shop
    ⏸ Paused (1): Mail",
    ]
  `)
  expect(second?.data).toMatchObject({
    was_down: 4,
    services: [
      { section: 'was_down', service_key: 'etl', incidents: 1, seconds: 14_400 },
      { section: 'was_down', service_key: 'night', incidents: 2, seconds: 11_400 },
      { section: 'was_down', service_key: 'quiet' },
      { section: 'was_down', service_key: 'mail', to: '2026-11-23T20:30:00.000+00:00' },
    ],
  })
  expect((await api.summary.query()).wasDown).toEqual([])
  await app.live(DAY)
  expect(app.told.filter(isSummary)[2]?.title).not.toContain('down')
})

test('silence that is over, and a service that is down again, are told apart', async () => {
  const app = await start({ clock: createTestClock(Date.UTC(2026, 10, 24, 1)) })
  await learnFiveMinutes(app, 'web', 'api')
  await app.live(3 * HOUR)
  await app.beat('web')
  await app.beat('api')
  for (let beat = 0; beat < 34; beat++) {
    await app.live(5 * MINUTE)
    await app.beat('api')
  }
  const { down, wasDown, messages } = await app.api.summary.query()
  expect(down.map(({ serviceKey }) => serviceKey)).toEqual(['web'])
  expect(wasDown.map(({ serviceKey, newest }) => [serviceKey, newest])).toEqual(
    ['api', 'web'].map((key) => [
      key,
      [
        {
          ...{ from: '2026-11-24T01:25:00.000+00:00', to: '2026-11-24T04:15:00.000+00:00', seconds: 10_200 },
          ...{ reason: 'silence', note: null, ended: 'recovered', muted: false },
        },
      ],
    ]),
  )
  expect(messages[0]?.title).toBe('📋 Tue 24 Nov: 1 needs attention, 1 other was down')
})

test('what would go out now can be asked for at any time', async () => {
  const app = await start()
  await app.beat('web')
  const { date, counts, waiting, messages } = await app.api.summary.query()
  expect(date).toBe('2026-11-23')
  expect(counts).toEqual({ alive: 0, dead: 0, down: 0, paused: 0, unknown: 1 })
  expect(waiting).toEqual([{ serviceKey: 'web', displayName: 'Web', heartbeatsNeeded: 3, expected: null }])
  expect(messages).toEqual([{ title: '📋 Mon 23 Nov: all is well', body: '⏳ Waiting for data (1): Web (3 more)' }])
  await app.live(MINUTE)
  expect(app.told).toEqual([])
})

test('the day of the very first start has no summary to catch up with', async () => {
  const app = await start({ clock: createTestClock(NOON) })
  await app.live(20 * HOUR)
  expect(summaries(app)).toEqual([])
  await app.live(HOUR)
  expect(summaries(app)).toEqual(['2026-11-24T09:00:00.000+00:00'])
})

test('a summary that was missed is caught up the same day, but not the day after', async () => {
  const home = await createTestDatabase()
  const clock = createTestClock(NOON)
  const first = await start({ beside: home, clock })
  await first.stop()
  clock.jump(DAY)
  const second = await start({ beside: home, clock })
  await second.live(MINUTE)
  expect(summaries(second)).toEqual(['2026-11-24T12:00:00.000+00:00'])
  await second.stop()
  clock.jump(DAY + 14 * HOUR)
  const third = await start({ beside: home, clock })
  await third.live(7 * HOUR)
  expect(summaries(third)).toEqual(['2026-11-26T09:00:00.000+00:00'])
  await third.stop()
  await home.drop()
})

test('a restart after the summary does not tell it again', async () => {
  const home = await createTestDatabase()
  const clock = createTestClock(NOON - 4 * HOUR)
  const first = await start({ beside: home, clock })
  await first.live(2 * HOUR)
  await first.stop()
  const second = await start({ beside: home, clock })
  await second.live(8 * HOUR)
  expect([summaries(first), summaries(second)]).toEqual([['2026-11-23T09:00:00.000+00:00'], []])
  await second.stop()
  await home.drop()
})

test.runIf(onPostgres)('with several servers it comes once', async () => {
  const home = await createTestDatabase()
  const clock = createTestClock(NOON - 4 * HOUR)
  const servers = [await start({ beside: home, clock }), await start({ beside: home, clock })]
  await (servers[0] as TestApp).live(2 * HOUR)
  expect(servers.flatMap(summaries)).toEqual(['2026-11-23T09:00:00.000+00:00'])
  for (const server of servers) await server.stop()
  await home.drop()
})

test('a clock that is set back and forth by an hour tells no summary twice, and raises no alarm', async () => {
  const app = await start({ clock: createTestClock(NOON - 4 * HOUR) })
  const { clock } = app
  await learnFiveMinutes(app, 'worker')
  const beatFor = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 5 * MINUTE) {
      await app.live(5 * MINUTE)
      await app.beat('worker')
    }
  }
  await beatFor(50 * MINUTE)
  clock.jump(-HOUR)
  await beatFor(2 * HOUR)
  clock.jump(HOUR)
  await beatFor(30 * MINUTE)
  clock.jump(-HOUR)
  await beatFor(2 * HOUR)
  expect(app.told.map(({ title }) => title)).toMatchInlineSnapshot(`
    [
      "📋 Mon 23 Nov: all is well",
      "⚪ I was not listening 10:05–11:05 (1 h)",
    ]
  `)
  await app.live(2 * HOUR)
  expect(app.told.at(-1)?.title).toBe('🔴 Worker is down')
})

test('the summary can be switched off', async () => {
  const app = await start({ env: { ...options.env, DAILY_SUMMARY_TIME: 'off' } })
  await app.live(2 * DAY)
  expect(app.told).toEqual([])
})

test('for trying it out it comes every so many seconds', async () => {
  const app = await start({ env: { DAILY_SUMMARY_INTERVAL_SECONDS: '120' }, clock: createTestClock(NOON + SECOND) })
  await app.live(6 * MINUTE)
  expect(summaries(app)).toEqual([
    '2026-11-23T12:02:00.000+00:00',
    '2026-11-23T12:04:00.000+00:00',
    '2026-11-23T12:06:00.000+00:00',
  ])
})
