import { expect, test } from 'vitest'
import { startTestApp } from '../helpers/app.ts'
import { HOUR, MINUTE, SECOND } from '../helpers/clock.ts'
import { learnFiveMinutes, statusOf, transitionsOf } from '../helpers/rhythm.ts'

test('configure makes a service, changes only what it is given, and null clears', async () => {
  const { api } = await startTestApp({ env: { TIMEZONE: 'Europe/Moscow' } })
  const made = await api.services.configure.mutate({
    serviceKey: 'nightly_backup',
    displayName: 'Backup',
    group: 'home',
    expectedPeriodSeconds: 3600,
    metadata: { owner: 'ann' },
  })
  expect(made).toMatchObject({ displayName: 'Backup', group: 'home', expectedPeriodSeconds: 3600, graceSeconds: null })
  expect(made.registeredAt).toMatch(/\+03:00$/)
  const renamed = await api.services.configure.mutate({ serviceKey: 'nightly_backup', displayName: null })
  expect(renamed).toMatchObject({ displayName: 'Nightly Backup', group: 'home', metadata: { owner: 'ann' } })
  const cron = await api.services.configure.mutate({ serviceKey: 'nightly_backup', schedule: '30 2 * * *' })
  expect(cron).toMatchObject({ schedule: '30 2 * * *', expectedPeriodSeconds: null })
  expect(await api.services.get.query({ serviceKey: 'nightly_backup' })).toEqual(cron)
  expect((await api.services.list.query({ group: 'home' })).services).toEqual([cron])
})

test.each([
  [{ schedule: '61 * * * *' }, /schedule is not a cron line.*minute/],
  [{ schedule: '0 0 31 2 *' }, /never due/],
  [{ schedule: '* * * * *', expectedPeriodSeconds: 60 }, /either expectedPeriodSeconds or schedule/],
  [{ expectedPeriodSeconds: 0 }, /expectedPeriodSeconds must be at least/],
  [{ graceSeconds: -1 }, /graceSeconds must be at least 0 s.*got -1/],
  [{ timezone: 'Mars/Olympus' }, /timezone must be a time zone/],
  [{ mutedUntil: 'tomorrow' }, /mutedUntil must be a time/],
  [{ displayName: '' }, /displayName must not be empty/],
])('configure refuses %j with a sentence', async (settings, sentence) => {
  const { api } = await startTestApp()
  await expect(api.services.configure.mutate({ serviceKey: 'x', ...settings })).rejects.toThrow(sentence)
})

test('a declared period judges at once, and forgives its grace', async () => {
  const app = await startTestApp()
  await app.api.services.configure.mutate({ serviceKey: 'job', expectedPeriodSeconds: 600, graceSeconds: 60 })
  await app.pass(11 * MINUTE)
  expect(await statusOf(app, 'job')).toBe('unknown')
  await app.pass(SECOND)
  expect(await statusOf(app, 'job')).toBe('down')
  await app.beat('job')
  expect(await statusOf(app, 'job')).toBe('alive')
  await app.pass(11 * MINUTE)
  expect(await statusOf(app, 'job')).toBe('alive')
  await app.pass(SECOND)
  expect(await statusOf(app, 'job')).toBe('down')
  await app.api.services.configure.mutate({ serviceKey: 'job', expectedPeriodSeconds: 3600 })
  expect(await statusOf(app, 'job')).toBe('alive')
})

test('a paused service is not judged; resumed, its silence starts afresh', async () => {
  const app = await startTestApp()
  await learnFiveMinutes(app, 'worker')
  await app.api.services.pause.mutate({ serviceKey: 'worker' })
  await app.pass(HOUR)
  await app.beat('worker')
  const { services } = await app.api.status.query()
  expect(services[0]).toMatchObject({ status: 'alive', paused: true, deadline: null })
  await app.pass(HOUR)
  await app.api.services.resume.mutate({ serviceKey: 'worker' })
  await app.pass(10 * MINUTE)
  expect(await statusOf(app, 'worker')).toBe('alive')
  await app.pass(SECOND)
  expect(await statusOf(app, 'worker')).toBe('down')
  expect((await app.api.explain.query({ serviceKey: 'worker' })).gapsSeconds).toEqual([300, 300, 300])
})

test('a pause until the next heartbeat ends with it', async () => {
  const app = await startTestApp()
  await learnFiveMinutes(app, 'worker')
  await app.api.services.pause.mutate({ serviceKey: 'worker', untilHeartbeat: true })
  await app.pass(HOUR)
  await app.beat('worker')
  expect((await app.api.status.query()).services[0]).toMatchObject({ status: 'alive', paused: false })
})

test('a pause closes an open incident; after it the old verdict stands, until a whole silence makes it down anew', async () => {
  const app = await startTestApp()
  await learnFiveMinutes(app, 'worker')
  await app.pass(11 * MINUTE)
  await app.api.services.pause.mutate({ serviceKey: 'worker' })
  await app.pass(HOUR)
  await app.api.services.resume.mutate({ serviceKey: 'worker' })
  await app.pass(10 * MINUTE)
  expect(await statusOf(app, 'worker')).toBe('down')
  expect((await app.api.explain.query({ serviceKey: 'worker' })).incident).toBeNull()
  await app.pass(SECOND)
  expect((await app.api.explain.query({ serviceKey: 'worker' })).incident).not.toBeNull()
  expect((await transitionsOf(app)).slice(1)).toEqual([
    'worker: alive → down (silence)',
    'worker: down → down (pause)',
    'worker: down → down (silence)',
  ])
})

test('what was down and is resumed is told again only by a new deadline, and what was dead by nothing', async () => {
  const app = await startTestApp({ env: { DEAD_AFTER_SECONDS: '7200', DAILY_SUMMARY_TIME: 'off' } })
  const { pause, resume } = app.api.services
  const told = () => app.told.map(({ title }) => title)
  await learnFiveMinutes(app, 'worker')
  await app.live(11 * MINUTE)
  await pause.mutate({ serviceKey: 'worker' })
  await app.live(HOUR)
  await resume.mutate({ serviceKey: 'worker' })
  await app.live(9 * MINUTE)
  const first = ['🔴 Worker is down', '⏸ Worker was down']
  expect(told()).toEqual(first)
  const { service, reasons } = await app.api.explain.query({ serviceKey: 'worker' })
  expect(service.deadline).not.toBeNull()
  expect(reasons[0]).toBe('it was down before it was paused (silent), and stays so until it is heard')
  await app.live(2 * MINUTE)
  expect(told()).toEqual([...first, '🔴 Worker is down'])

  await app.live(3 * HOUR)
  expect(await statusOf(app, 'worker')).toBe('dead')
  for (const _ of ['once', 'twice']) {
    await pause.mutate({ serviceKey: 'worker' })
    await app.live(HOUR)
    await resume.mutate({ serviceKey: 'worker' })
    await app.live(3 * HOUR)
    expect(await statusOf(app, 'worker')).toBe('dead')
  }
  expect(told()).toEqual([...first, ...first])
  await app.beat('worker')
  await app.live(MINUTE)
  expect(await statusOf(app, 'worker')).toBe('alive')
  expect(told()).toEqual([...first, ...first])
})

test('an alias leads to its service, and belongs to one only', async () => {
  const app = await startTestApp()
  await app.api.services.configure.mutate({ serviceKey: 'worker', aliases: ['old-worker', 'b6d9'] })
  expect((await app.beat('old-worker')).service_key).toBe('worker')
  expect((await app.api.status.query()).services).toHaveLength(1)
  await expect(app.api.services.configure.mutate({ serviceKey: 'other', aliases: ['b6d9'] })).rejects.toThrow(
    'alias "b6d9" already belongs to the service "worker"',
  )
  await expect(app.api.services.get.query({ serviceKey: 'other' })).rejects.toThrow('no service "other"')
  await app.api.services.configure.mutate({ serviceKey: 'worker', aliases: null })
  expect((await app.beat('old-worker')).service_key).toBe('old-worker')
})

test('a removed service is forgotten, and its next heartbeat registers it anew', async () => {
  const app = await startTestApp()
  await learnFiveMinutes(app, 'worker')
  await app.api.services.remove.mutate({ serviceKey: 'worker' })
  expect((await app.api.status.query()).services).toEqual([])
  await app.beat('worker')
  expect((await app.api.status.query()).services[0]).toMatchObject({ status: 'unknown', heartbeatCount: 1 })
  expect((await app.api.heartbeats.query({ serviceKey: 'worker' })).heartbeats).toHaveLength(1)
  expect(await transitionsOf(app)).toEqual([])
})

test('a failure is told at once, and the next success takes it back', async () => {
  const app = await startTestApp()
  await app.api.signal.mutate({ serviceKey: 'job', kind: 'start', runId: 'r1' })
  expect((await app.api.status.query()).services[0]).toMatchObject({ status: 'unknown', heartbeatCount: 0 })
  await app.clock.advance(90 * SECOND)
  await app.api.signal.mutate({ serviceKey: 'job', kind: 'fail', runId: 'r1', exitCode: 2, message: 'disk full\0' })
  expect(await statusOf(app, 'job')).toBe('down')
  await app.clock.advance(SECOND)
  await app.api.signal.mutate({ serviceKey: 'job', kind: 'success', durationMs: 1500 })
  expect(await statusOf(app, 'job')).toBe('alive')
  expect(await transitionsOf(app)).toEqual(['job: unknown → down (fail)', 'job: down → alive (heartbeat)'])
  const { heartbeats } = await app.api.heartbeats.query({ serviceKey: 'job' })
  expect(heartbeats.map(({ kind, durationSeconds }) => [kind, durationSeconds])).toEqual([
    ['success', 1.5],
    ['fail', 90],
    ['start', null],
  ])
  expect(heartbeats[1]?.details).toEqual({ runId: 'r1', exitCode: 2, message: 'disk full\uFFFD' })
})
