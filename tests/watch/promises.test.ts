import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../helpers/app.ts'
import { createTestClock, DAY, HOUR, MINUTE, SECOND } from '../helpers/clock.ts'
import { createTestDatabase } from '../helpers/database.ts'
import { textsOf } from '../helpers/told.ts'

const env = { DAILY_SUMMARY_TIME: 'off', ALERT_GROUP_SECONDS: '0' }
/** Where days pass. */
const seldom = { ...env, CHECK_INTERVAL_SECONDS: '86400' }

const one = async (app: TestApp) => (await app.api.status.query()).services[0]
const configure = (app: TestApp, settings: Parameters<TestApp['api']['services']['configure']['mutate']>[0]) =>
  app.api.services.configure.mutate(settings)

/** The clock of the tests begins at noon in UTC, on a Monday. */
const at = (app: TestApp, time: string) => Date.parse(`2026-11-${time}Z`) - app.clock.now()

test('a cron line that is never met is down after its first due time and grace, though it was never heard', async () => {
  const app = await startTestApp({ env })
  await configure(app, { serviceKey: 'backup', schedule: '2 12 * * *', graceSeconds: 60 })
  expect(await one(app)).toMatchObject({ status: 'unknown', deadline: '2026-11-23T12:03:00.000+00:00' })
  await app.live(3 * MINUTE)
  expect(await one(app)).toMatchObject({ status: 'unknown' })
  await app.live(SECOND)
  expect(await one(app)).toMatchObject({ status: 'down', statusSince: '2026-11-23T12:03:00.000+00:00' })
  expect(textsOf(app.told)).toEqual(['🔴 Backup is down\nsilent since 12:00 (3 min), expected by 12:03'])
  await app.beat('backup')
  expect(await one(app)).toMatchObject({ status: 'alive' })
})

test('a period that is never met is down after it and its grace, from when it was declared', async () => {
  const app = await startTestApp({ env })
  await configure(app, { serviceKey: 'worker', displayName: 'Worker' })
  await app.live(2 * DAY)
  await configure(app, { serviceKey: 'worker', expectedPeriodSeconds: 600, graceSeconds: 60 })
  await app.live(11 * MINUTE)
  expect(await one(app)).toMatchObject({ status: 'unknown' })
  await app.live(SECOND)
  expect(await one(app)).toMatchObject({ status: 'down' })
  expect(app.told).toHaveLength(1)
})

test('a schedule that counts since the first heartbeat promises nothing before it', async () => {
  const app = await startTestApp({ env })
  await configure(app, { serviceKey: 'job', expectedPeriodSeconds: 600, sinceFirstHeartbeat: true })
  await app.live(DAY)
  expect(await one(app)).toMatchObject({ status: 'unknown', deadline: null, heartbeatsNeeded: 1 })
  await app.beat('job')
  await app.live(21 * MINUTE)
  expect(await one(app)).toMatchObject({ status: 'down' })
})

test('a daily beat is learned though the monitor is started anew each day, and its silence is told', async () => {
  const home = await createTestDatabase()
  const clock = createTestClock()
  for (let day = 0; day < 6; day++) {
    const app = await startTestApp({ env: seldom, beside: home, clock, proofEveryMs: HOUR })
    await app.beat('daily')
    await app.live(DAY - MINUTE)
    await app.stop()
    clock.jump(MINUTE)
  }
  const app = await startTestApp({ env: seldom, beside: home, clock, proofEveryMs: HOUR })
  expect(await one(app)).toMatchObject({ status: 'alive', heartbeatsNeeded: 0, medianIntervalSeconds: 86_400 })
  await app.live(2 * DAY + MINUTE)
  expect(await one(app)).toMatchObject({ status: 'down' })
  expect(textsOf(app.told).at(-1)).toContain('🔴 Daily is down')
  await app.stop()
  await home.drop()
})

test('a nightly pause of ten minutes does not keep a daily beat from being learned', async () => {
  const app = await startTestApp({ env })
  for (let day = 0; day < 4; day++) {
    await app.beat('daily')
    await app.live(12 * HOUR)
    await app.api.services.pause.mutate({ serviceKey: 'daily' })
    await app.live(10 * MINUTE)
    await app.api.services.resume.mutate({ serviceKey: 'daily' })
    await app.live(12 * HOUR - 10 * MINUTE)
  }
  expect(await one(app)).toMatchObject({ status: 'alive', heartbeatsNeeded: 0, medianIntervalSeconds: 86_400 })
})

test('each gap that cannot be learned needs one more heartbeat', async () => {
  const app = await startTestApp({ env })
  const needed = async () => (await one(app))?.heartbeatsNeeded
  await app.beat('worker')
  expect(await needed()).toBe(3)
  await app.live(5 * MINUTE)
  await app.beat('worker')
  expect(await needed()).toBe(2)
  await app.live(MINUTE)
  await app.api.services.pause.mutate({ serviceKey: 'worker' })
  await app.live(4 * MINUTE)
  await app.api.services.resume.mutate({ serviceKey: 'worker' })
  await app.beat('worker')
  expect(await needed()).toBe(2)
  for (const left of [1, 0]) {
    await app.live(5 * MINUTE)
    await app.beat('worker')
    expect(await needed()).toBe(left)
  }
  expect(await one(app)).toMatchObject({ status: 'alive', medianIntervalSeconds: 300 })
})

test('an undeclared weekly job does not die each week while it is being learned', async () => {
  const app = await startTestApp({ env: seldom, proofEveryMs: DAY })
  await app.beat('weekly')
  await app.live(7 * DAY - MINUTE)
  for (let week = 0; week < 4; week++) {
    await app.beat('weekly')
    await app.live(7 * DAY + HOUR)
  }
  const { transitions } = await app.api.history.query()
  expect(transitions.map(({ from, to }) => `${from} → ${to}`)).toEqual(['unknown → alive'])
})

test.each<[string, number, Parameters<typeof configure>[1], string]>([
  ['another time', 22 * HOUR, { serviceKey: 'job', schedule: '0 9 * * *' }, '25T09:05'],
  ['another zone', 22 * HOUR, { serviceKey: 'job', timezone: 'America/New_York' }, '25T07:05'],
  ['a shorter grace', 16 * HOUR, { serviceKey: 'job', graceSeconds: 60 }, '25T02:01'],
  ['a period instead', 22 * HOUR, { serviceKey: 'job', expectedPeriodSeconds: 600, graceSeconds: 60 }, '24T10:11'],
])('an edit holds no due time before it against a service: %s', async (_name, laterMs, edit, deadline) => {
  const app = await startTestApp({ env })
  await configure(app, { serviceKey: 'job', schedule: '0 2 * * *', graceSeconds: 300 })
  await app.live(14 * HOUR)
  await app.beat('job')
  await app.live(laterMs - 14 * HOUR)
  await configure(app, edit)
  expect(await one(app)).toMatchObject({ status: 'alive' })
  expect((await one(app))?.deadline?.slice(0, 16)).toBe(`2026-11-${deadline}`)
  await app.live(at(app, `${deadline}:00`))
  expect(app.told).toEqual([])
  await app.live(SECOND)
  expect(app.told).toHaveLength(1)
})

test('a shorter period counts from the edit, and a longer one from the last heartbeat', async () => {
  const app = await startTestApp({ env })
  await configure(app, { serviceKey: 'job', expectedPeriodSeconds: 3_600, graceSeconds: 0 })
  await app.beat('job')
  await app.live(30 * MINUTE)
  await configure(app, { serviceKey: 'job', expectedPeriodSeconds: 600 })
  expect(await one(app)).toMatchObject({ status: 'alive', deadline: '2026-11-23T12:40:00.000+00:00' })
  await configure(app, { serviceKey: 'job', expectedPeriodSeconds: 7_200 })
  expect((await one(app))?.deadline).toBe('2026-11-23T14:30:00.000+00:00')
})

test('a change of TIMEZONE at a restart takes nothing down', async () => {
  const home = await createTestDatabase()
  const clock = createTestClock()
  const first = await startTestApp({ env, beside: home, clock })
  await configure(first, { serviceKey: 'job', schedule: '0 10 * * *' })
  await configure(first, { serviceKey: 'own', schedule: '0 10 * * *', timezone: 'UTC' })
  await first.live(22 * HOUR)
  for (const key of ['job', 'own']) await first.beat(key)
  await first.live(4 * HOUR)
  await first.stop()
  const second = await startTestApp({ env: { ...env, TIMEZONE: 'America/New_York' }, beside: home, clock })
  await second.live(HOUR)
  expect(second.told).toEqual([])
  const { services } = await second.api.status.query()
  // At 10:05 in New York on the next day, and at 10:05 in UTC as before.
  expect(services.map(({ deadline }) => deadline)).toEqual([
    '2026-11-24T10:05:00.000-05:00',
    '2026-11-25T05:05:00.000-05:00',
  ])
  await second.stop()
  await home.drop()
})

test.each<[string, object, object, string]>([
  ['a stricter grace', { expectedPeriodSeconds: 600, graceSeconds: 60 }, { graceSeconds: 30 }, 'down'],
  ['a stricter grace of a cron line', { schedule: '0 * * * *', graceSeconds: 60 }, { graceSeconds: 50 }, 'down'],
  ['another cron line', { schedule: '0 * * * *', graceSeconds: 60 }, { schedule: '30 * * * *' }, 'down'],
  ['a longer grace that is not long enough', { expectedPeriodSeconds: 600 }, { graceSeconds: 1200 }, 'down'],
  ['a period that is long enough', { expectedPeriodSeconds: 600 }, { expectedPeriodSeconds: 86_400 }, 'alive'],
])('an edit is no recovery: %s', async (_title, before, after, expected) => {
  const app = await startTestApp()
  await app.api.services.configure.mutate({ serviceKey: 'job', ...before })
  await app.beat('job')
  await app.live(3 * HOUR)
  await app.api.services.configure.mutate({ serviceKey: 'job', ...after })
  await app.live(MINUTE)
  const [service] = (await app.api.status.query()).services
  expect(service?.status).toBe(expected)
  const recoveries = expected === 'down' ? [] : ['🟢 Job is alive again']
  expect(app.told.map(({ title }) => title)).toEqual(['🔴 Job is down', ...recoveries])
})

test('a longer grace does not push the promise of a service that was never heard', async () => {
  const app = await startTestApp()
  const configure = (graceSeconds: number) =>
    app.api.services.configure.mutate({ serviceKey: 'job', schedule: '0 * * * *', graceSeconds })
  await configure(600)
  for (const graceSeconds of [660, 720]) {
    await app.live(30 * MINUTE)
    await configure(graceSeconds)
  }
  await app.live(15 * MINUTE)
  expect(app.told.map(({ title }) => title)).toEqual(['🔴 Job is down'])
})

test('a length of a run that no date can hold is refused, and breaks no list', async () => {
  const app = await startTestApp()
  const success = (durationMs: number) => app.api.signal.mutate({ serviceKey: 'job', kind: 'success', durationMs })
  await expect(success(Number.MAX_SAFE_INTEGER)).rejects.toThrow('durationMs: must be at most 3153600000000 ms')
  for (const _ of [1, 2, 3]) await success(3_153_600_000_000)
  await app.api.signal.mutate({ serviceKey: 'job', kind: 'start' })
  expect((await app.fetch('/status')).status).toBe(200)
  await expect(app.api.explain.query({ serviceKey: 'job' })).resolves.toBeDefined()
})

test('a grace of a service whose rhythm is learned is added to its limit', async () => {
  const app = await startTestApp({ env })
  for (let beat = 0; beat < 4; beat++) {
    await app.beat('worker')
    await app.live(5 * MINUTE)
  }
  await configure(app, { serviceKey: 'worker', graceSeconds: 600 })
  expect(await app.api.explain.query({ serviceKey: 'worker' })).toMatchObject({ limitSeconds: 1_200 })
  await app.live(15 * MINUTE)
  expect(await one(app)).toMatchObject({ status: 'alive' })
  await app.live(SECOND)
  expect(await one(app)).toMatchObject({ status: 'down' })
})

test('a stored cron line that is never due any more promises nothing, and breaks no list', async () => {
  const app = await startTestApp({ env })
  await app.beat('odd')
  await sql`update services set cron = '0 0 31 4 */2'`.execute(app.database.db)
  expect(await one(app)).toMatchObject({ status: 'unknown', deadline: null })
  expect((await app.api.explain.query({ serviceKey: 'odd' })).deadline).toBeNull()
})
