import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../helpers/app.ts'
import { HOUR, MINUTE } from '../helpers/clock.ts'
import { createTestDatabase } from '../helpers/database.ts'
import { textsOf } from '../helpers/told.ts'

const env = { ALERT_GROUP_SECONDS: '0', CHECK_INTERVAL_SECONDS: '3600', DAILY_SUMMARY_TIME: 'off' }
const proofEveryMs = 10 * MINUTE

const fail = (app: TestApp) => app.api.signal.mutate({ serviceKey: 'etl', kind: 'fail', message: 'no space' })

test('without reminders an open incident is told once', async () => {
  const app = await startTestApp({ env, proofEveryMs })
  await fail(app)
  await app.live(24 * HOUR)
  expect(app.told).toHaveLength(1)
})

test('reminders come every so many hours until somebody acknowledges the incident', async () => {
  const app = await startTestApp({ env: { ...env, REMIND_AFTER_HOURS: '4' }, proofEveryMs })
  await fail(app)
  await app.live(8 * HOUR + MINUTE)
  expect(textsOf(app.told)).toMatchInlineSnapshot(`
    [
      "🔴 Etl is down
    failed at 12:00: no space",
      "🔴 Etl is still down
    for 4 h, since 12:00",
      "🔴 Etl is still down
    for 8 h, since 12:00",
    ]
  `)
  const { incident } = await app.api.acknowledge.mutate({ serviceKey: 'etl', by: 'Ada' })
  expect(incident).toMatchObject({ acknowledgedBy: 'Ada', note: 'no space', reason: 'fail' })
  await app.live(11 * HOUR)
  expect(app.told).toHaveLength(3)
})

test('with nothing to remind of, looking for it is no failed job', async () => {
  const app = await startTestApp({ env: { ...env, REMIND_AFTER_HOURS: '4' }, proofEveryMs })
  await app.live(HOUR)
  const { rows } = await sql<{ state: string }>`
    select state::text from pgboss.job where name = 'announce'`.execute(app.database.db)
  expect(rows.length).toBeGreaterThan(0)
  expect(rows.filter(({ state }) => state !== 'completed')).toEqual([])
})

test('of two who acknowledge an incident the first is remembered', async () => {
  const app = await startTestApp()
  await fail(app)
  await app.api.acknowledge.mutate({ serviceKey: 'etl', by: 'Ada' })
  const { incident } = await app.api.acknowledge.mutate({ serviceKey: 'etl', by: 'Grace' })
  expect(incident?.acknowledgedBy).toBe('Ada')
  expect((await app.api.explain.query({ serviceKey: 'etl' })).incident).toEqual(incident)
})

test('a job that asks for a look is on the summary until it is acknowledged or succeeds', async () => {
  const app = await startTestApp()
  const attention = async () => (await app.api.summary.query()).attention.map(({ note }) => note)
  await app.api.signal.mutate({ serviceKey: 'import', kind: 'attention', message: '3 rows skipped' })
  await app.beat('import')
  expect(await attention()).toEqual(['3 rows skipped'])
  expect(await app.api.acknowledge.mutate({ serviceKey: 'import' })).toMatchObject({ attention: true, incident: null })
  expect(await attention()).toEqual([])
  await app.api.signal.mutate({ serviceKey: 'import', kind: 'attention', exitCode: 4 } as never)
  expect(await attention()).toEqual(['exit code 4'])
  await app.api.signal.mutate({ serviceKey: 'import', kind: 'success' })
  expect(await attention()).toEqual([])
})

test('there must be something to acknowledge', async () => {
  const app = await startTestApp()
  await app.beat('fine')
  await expect(app.api.acknowledge.mutate({ serviceKey: 'fine' })).rejects.toThrow(
    'there is nothing to acknowledge: "fine" has no open incident and asked for no look',
  )
  await expect(app.api.acknowledge.mutate({ serviceKey: 'nobody' })).rejects.toThrow('no service "nobody"')
})

test('nobody is reminded of what was acknowledged before it was told', async () => {
  const app = await startTestApp({
    env: { ...env, REMIND_AFTER_HOURS: '1', ALERT_GROUP_SECONDS: '10' },
    proofEveryMs,
  })
  await fail(app)
  await app.api.acknowledge.mutate({ serviceKey: 'etl' })
  await app.live(5 * HOUR)
  expect(app.told).toHaveLength(1)
})

test('reminders that a mute holds back do not pile up', async () => {
  const app = await startTestApp({ env: { ...env, REMIND_AFTER_HOURS: '1' }, proofEveryMs })
  await fail(app)
  await app.live(MINUTE)
  const mutedUntil = new Date(app.clock.now() + 6 * HOUR).toISOString()
  await app.api.services.configure.mutate({ serviceKey: 'etl', mutedUntil })
  await app.live(6 * HOUR + MINUTE)
  expect(app.told.map(({ title }) => title)).toEqual(['🔴 Etl is down', '🔴 Etl is still down'])
})

test.each([
  ['a day, by a mute that ends shortly before the next', 24, 23 * HOUR + 31 * MINUTE],
  ['a day, by a mute of three days', 24, 72 * HOUR + 10 * MINUTE],
  ['an hour, by a mute of two and a half', 1, 2.5 * HOUR],
])('a reminder that is held back keeps its distance to the next: %s', async (_title, hours, muteMs) => {
  const app = await startTestApp({ env: { ...env, REMIND_AFTER_HOURS: String(hours) }, proofEveryMs: HOUR })
  await fail(app)
  await app.live(hours * HOUR - MINUTE)
  const mutedUntil = new Date(app.clock.now() + muteMs).toISOString()
  await app.api.services.configure.mutate({ serviceKey: 'etl', mutedUntil })
  await app.live(muteMs)
  expect(app.told.map(({ title }) => title)).toEqual(['🔴 Etl is down', '🔴 Etl is still down'])
  await app.live(hours * HOUR - MINUTE)
  expect(app.told).toHaveLength(2)
  await app.live(2 * MINUTE)
  expect(app.told).toHaveLength(3)
})

test('reminders that nothing holds back keep their pace, whatever the window', async () => {
  const app = await startTestApp({ env: { ...env, ALERT_GROUP_SECONDS: '30', REMIND_AFTER_HOURS: '1' }, proofEveryMs })
  await fail(app)
  await app.live(24 * HOUR + 2 * MINUTE)
  expect(app.told).toHaveLength(25)
})

test('reminders that are switched on later also come for what is down already', async () => {
  const home = await createTestDatabase()
  const first = await startTestApp({ beside: home, env, proofEveryMs })
  await fail(first)
  await first.live(MINUTE)
  await first.stop()
  const later = { ...env, REMIND_AFTER_HOURS: '1' }
  const second = await startTestApp({ beside: home, clock: first.clock, env: later, proofEveryMs })
  await second.live(HOUR + MINUTE)
  expect(second.told.map(({ title }) => title)).toEqual(['🔴 Etl is still down'])
  await second.stop()
  await home.drop()
})
