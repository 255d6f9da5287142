import { expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../helpers/app.ts'
import { MINUTE } from '../helpers/clock.ts'
import { learnFiveMinutes } from '../helpers/rhythm.ts'

const output = 'connecting\n\u001B[31mFATAL: too many connections\u001B[0m\n'
const note = 'exit code 1: FATAL: too many connections'

const statusOf = async (app: TestApp, serviceKey: string) =>
  (await app.api.status.query({ serviceKey })).services[0] ?? expect.fail(`${serviceKey} is missing`)

test('a status tells why a service is down, through every door, and only while it is down', async () => {
  const app = await startTestApp()
  await learnFiveMinutes(app, 'quiet', 'well', 'backup')
  await app.api.signal.mutate({ serviceKey: 'backup', kind: 'fail', exitCode: 1, output })
  expect(await statusOf(app, 'backup')).toMatchObject({ status: 'down', downReason: 'fail', downNote: note })
  expect((await app.api.explain.query({ serviceKey: 'backup' })).service).toEqual(await statusOf(app, 'backup'))
  const raw = (await (await app.fetch('/status?status=down')).json()) as { services: object[] }
  expect(raw.services).toEqual([
    expect.objectContaining({ service_key: 'backup', down_reason: 'fail', down_note: note }),
  ])
  await app.beat('backup')
  expect(await statusOf(app, 'backup')).not.toHaveProperty('downReason')

  await app.clock.advance(9 * MINUTE)
  await app.beat('well')
  await app.pass(2 * MINUTE)
  expect(await statusOf(app, 'quiet')).toMatchObject({ status: 'down', downReason: 'silence' })
  expect(await statusOf(app, 'quiet')).not.toHaveProperty('downNote')
  expect(await statusOf(app, 'well')).not.toHaveProperty('downReason')
})

test('a paused service has no reason, since it is not judged', async () => {
  const app = await startTestApp()
  await app.api.signal.mutate({ serviceKey: 'backup', kind: 'fail', exitCode: 1, output })
  await app.api.services.pause.mutate({ serviceKey: 'backup' })
  expect(await statusOf(app, 'backup')).not.toHaveProperty('downReason')
})

test('a long note is cut to one line', async () => {
  const app = await startTestApp()
  await app.api.signal.mutate({ serviceKey: 'backup', kind: 'fail', message: 'disk\nfull '.repeat(100) })
  const { downNote } = await statusOf(app, 'backup')
  expect(downNote).toMatch(/^disk full disk full .*…$/)
  expect(downNote?.length).toBeLessThanOrEqual(200)
})

test('an explanation begins with what the failed job said', async () => {
  const app = await startTestApp()
  await learnFiveMinutes(app, 'backup')
  await app.api.signal.mutate({ serviceKey: 'backup', kind: 'fail', exitCode: 1, output })
  await app.clock.advance(MINUTE)
  expect((await app.api.explain.query({ serviceKey: 'backup' })).reasons.slice(0, 2)).toEqual([
    `it failed: ${note}`,
    'the next success or heartbeat takes that back',
  ])
})

test('a summary tells of each that is down whether it is silent or failed, and how', async () => {
  const app = await startTestApp()
  await learnFiveMinutes(app, 'quiet', 'backup')
  await app.clock.advance(5 * MINUTE)
  await app.beat('backup')
  await app.pass(6 * MINUTE)
  await app.api.signal.mutate({ serviceKey: 'backup', kind: 'fail', exitCode: 1, output })
  const { down, messages } = await app.api.summary.query()
  expect(down).toEqual([
    expect.objectContaining({ serviceKey: 'quiet', reason: 'silence', note: null }),
    expect.objectContaining({ serviceKey: 'backup', reason: 'fail', note }),
  ])
  expect(messages[0]?.body).toContain('• Quiet — since 12:25 (1 min), silent\n')
  expect(messages[0]?.body).toContain(`• Backup — since 12:26 (0 s), failed: ${note}`)
})
