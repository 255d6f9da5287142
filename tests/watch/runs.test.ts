import { expect, onTestFinished, test } from 'vitest'
import { startTestApp, type TestApp } from '../helpers/app.ts'
import { createTestClock, DAY, HOUR, MINUTE, SECOND } from '../helpers/clock.ts'
import { createTestDatabase } from '../helpers/database.ts'

/** The tests' day begins at midnight in UTC. */
const atMidnight = () => createTestClock(Date.UTC(2026, 10, 24))

const explained = async (app: TestApp, serviceKey: string) => app.api.explain.query({ serviceKey })
const texts = (app: TestApp) => app.told.map(({ title, body }) => `${title}\n${body}`)

test('a first run that hangs is told after the time that was declared, and its end as well', async () => {
  const app = await startTestApp({ clock: atMidnight() })
  await app.api.services.configure.mutate({ serviceKey: 'backup', maxRunSeconds: 3600 })
  await app.live(2.5 * HOUR)
  await app.api.signal.mutate({ serviceKey: 'backup', kind: 'start', runId: '7' })
  const running = await explained(app, 'backup')
  expect(running.service).toMatchObject({
    status: 'unknown',
    runStartedAt: '2026-11-24T02:30:00.000+00:00',
    deadline: '2026-11-24T03:30:00.000+00:00',
  })
  expect(await (await app.fetch('/status')).json()).toMatchObject({
    services: [{ run_started_at: '2026-11-24T02:30:00.000+00:00' }],
  })
  expect(running.reasons).toContain('run 7 started 02:30, has not ended (at most 1 h)')
  await app.live(HOUR + MINUTE)
  expect(texts(app)).toEqual(['🔴 Backup is down\nstarted 02:30, has not ended (at most 1 h)'])
  expect(await explained(app, 'backup')).toMatchObject({
    service: { status: 'down', statusSince: '2026-11-24T03:30:00.000+00:00' },
    incident: { reason: 'run', note: 'at most 1 h' },
  })

  await app.api.signal.mutate({ serviceKey: 'backup', kind: 'success', runId: '7' })
  await app.live(MINUTE)
  expect(texts(app)[1]).toBe('🟢 Backup is alive again\nwas down for 1 min, 03:30 to 03:31')
  expect((await explained(app, 'backup')).service).not.toHaveProperty('runStartedAt')
})

test('after three runs the fourth is expected to end, by what they took', async () => {
  const app = await startTestApp({ clock: atMidnight() })
  await app.live(2.5 * HOUR)
  for (const minutes of [10, 12, 14]) {
    await app.api.signal.mutate({ serviceKey: 'report', kind: 'start' })
    await app.live(minutes * MINUTE)
    await app.api.signal.mutate({ serviceKey: 'report', kind: 'success' })
    await app.live(DAY - minutes * MINUTE)
  }
  await app.api.signal.mutate({ serviceKey: 'report', kind: 'start' })
  app.told.length = 0
  await app.live(28 * MINUTE)
  expect(app.told).toEqual([])
  await app.live(MINUTE)
  expect(texts(app)).toEqual(['🔴 Report is down\nstarted 02:30, has not ended (usually 12 min)'])
  const { down } = await app.api.summary.query()
  expect(down).toMatchObject([{ serviceKey: 'report', since: '2026-11-27T02:58:00.000+00:00' }])
})

test('a stuck run beside good ones is told once', async () => {
  const app = await startTestApp({ clock: atMidnight() })
  const run = async (runId: string, ends: boolean) => {
    await app.api.signal.mutate({ serviceKey: 'etl', kind: 'start', runId })
    await app.live(10 * SECOND)
    if (ends) await app.api.signal.mutate({ serviceKey: 'etl', kind: 'success', runId })
    await app.live(5 * MINUTE - 10 * SECOND)
  }
  await run('stuck', false)
  for (const runId of ['a', 'b', 'c']) await run(runId, true)
  expect(app.told.map(({ title }) => title)).toEqual(['🔴 Etl is down'])
  for (const runId of ['d', 'e', 'f']) await run(runId, true)
  await app.live(HOUR / 2)
  expect(app.told.map(({ title }) => title).slice(0, 2)).toEqual(['🔴 Etl is down', '🟢 Etl is alive again'])
  const { transitions } = await app.api.history.query({ serviceKey: 'etl' })
  expect(transitions.filter(({ reason }) => reason === 'run')).toHaveLength(1)
})

test('a run of which nothing says how long it may take is shown, and stands in the summary after a day', async () => {
  const app = await startTestApp({ clock: atMidnight(), env: { DAILY_SUMMARY_TIME: 'off' } })
  await app.api.signal.mutate({ serviceKey: 'import', kind: 'start' })
  await app.live(DAY - MINUTE)
  expect((await app.api.summary.query()).openRuns).toEqual([])
  expect((await explained(app, 'import')).reasons).toContain('a run started 00:00, has not ended')
  await app.live(2 * MINUTE)
  const { openRuns } = await app.api.summary.query()
  expect(openRuns).toMatchObject([
    { serviceKey: 'import', startedAt: '2026-11-24T00:00:00.000+00:00', usualSeconds: null },
  ])
  expect(app.told).toEqual([])
})

test('what is known of runs survives a restart', async () => {
  const clock = atMidnight()
  const database = await createTestDatabase()
  onTestFinished(database.drop)
  const first = await startTestApp({ clock, beside: database })
  await first.api.services.configure.mutate({ serviceKey: 'backup', maxRunSeconds: 3600 })
  await first.api.signal.mutate({ serviceKey: 'backup', kind: 'start' })
  await first.stop()
  const second = await startTestApp({ clock, beside: database })
  await second.live(HOUR + MINUTE)
  expect([...first.told, ...second.told].map(({ title }) => title)).toEqual(['🔴 Backup is down'])
  await second.api.signal.mutate({ serviceKey: 'backup', kind: 'success' })
  expect((await second.api.explain.query({ serviceKey: 'backup' })).service.status).toBe('alive')
})

test('a service that has told of a failure and goes silent without a deadline is in the summary', async () => {
  const app = await startTestApp({ clock: atMidnight(), env: { DAILY_SUMMARY_TIME: 'off' } })
  await app.api.signal.mutate({ serviceKey: 'job', kind: 'fail', message: 'disk full' })
  await app.live(HOUR)
  await app.api.signal.mutate({ serviceKey: 'job', kind: 'success' })
  await app.beat('calm')
  await app.live(DAY - MINUTE)
  expect((await app.api.summary.query()).inactive).toEqual([])
  await app.live(2 * MINUTE)
  const { inactive, alive } = await app.api.summary.query()
  expect(inactive).toMatchObject([{ serviceKey: 'job', silentSince: '2026-11-24T01:00:00.000+00:00' }])
  expect(alive).toEqual([])
})

test('failures that are tolerated are in the history and in the explanation, and the next one tells', async () => {
  const app = await startTestApp({ clock: atMidnight() })
  const { services } = app.api
  await services.configure.mutate({ serviceKey: 'job', expectedPeriodSeconds: 3600, failuresTolerated: 3 })
  for (const left of [2, 1]) {
    await app.api.signal.mutate({ serviceKey: 'job', kind: 'fail', message: `attempt, ${left} left` })
    await app.live(30 * MINUTE)
  }
  expect((await explained(app, 'job')).reasons).toContain('its last 2 runs failed; 3 in a row make it down')
  expect((await app.api.heartbeats.query({ serviceKey: 'job' })).heartbeats).toHaveLength(2)
  expect(app.told).toEqual([])
  await app.api.signal.mutate({ serviceKey: 'job', kind: 'fail', message: 'no more' })
  await app.live(MINUTE)
  expect(texts(app)).toEqual(['🔴 Job is down\nfailed at 01:00: no more'])
  expect(await services.get.query({ serviceKey: 'job' })).toMatchObject({ failuresTolerated: 3, maxRunSeconds: null })
})

test.each([
  ['failuresTolerated', 0, 'failuresTolerated: must be at least 1'],
  ['failuresTolerated', 1.5, 'failuresTolerated: must be a whole number'],
  ['failuresTolerated', 101, 'failuresTolerated: must be at most 100'],
  ['maxRunSeconds', 0, 'maxRunSeconds must be at least 0.001 s'],
  ['maxRunSecond', 5, 'did you mean maxRunSeconds?'],
])('%s %d is refused with the cure', async (name, value, message) => {
  const app = await startTestApp()
  const input = { serviceKey: 'job', [name]: value } as { serviceKey: string }
  await expect(app.api.services.configure.mutate(input)).rejects.toThrow(message)
})

test('a run that only the grace of its schedule judges says that limit', async () => {
  const app = await startTestApp({ clock: atMidnight() })
  await app.api.services.configure.mutate({ serviceKey: 'etl', schedule: '0 2 * * *', graceSeconds: 300 })
  await app.live(2 * HOUR)
  await app.api.signal.mutate({ serviceKey: 'etl', kind: 'start' })
  expect((await explained(app, 'etl')).reasons).toContain('a run started 02:00, has not ended (expected within 5 min)')
  await app.live(6 * MINUTE)
  expect(texts(app)).toEqual(['🔴 Etl is down\nstarted 02:00, has not ended (expected within 5 min)'])
  expect((await explained(app, 'etl')).service.downNote).toBe('expected within 5 min')
})
