import { expect, expectTypeOf, onTestFinished, test, vi } from 'vitest'
import { createClient, job } from '../../client/index.ts'
import { startTestApp } from '../helpers/app.ts'
import { MINUTE } from '../helpers/clock.ts'
import { runProgram } from '../helpers/program.ts'
import { refused, silent, startStandIn, taken } from '../helpers/standIn.ts'

const runsOf = async (url: string, serviceKey: string) => {
  const { heartbeats } = await createClient({ url }).heartbeats.query({ serviceKey })
  return heartbeats.map(({ kind, durationSeconds, details }) => ({
    kind,
    durationSeconds,
    details: details as { runId?: string; message?: string; output?: string },
  }))
}

function quiet() {
  const spies = (['warn', 'info'] as const).map((level) => vi.spyOn(console, level).mockImplementation(() => {}))
  onTestFinished(() => {
    for (const spy of spies) spy.mockRestore()
  })
}

test('a job that succeeds has a start and a success with the same run and a duration', async () => {
  const app = await startTestApp()
  const run = async () => {
    await expect.poll(() => runsOf(app.url, 'backup').catch(() => [])).toHaveLength(1)
    app.clock.jump(MINUTE)
    return 42
  }
  const result = await job('backup', run, { url: app.url })
  expectTypeOf(result).toEqualTypeOf<number>()
  expect(result).toBe(42)
  const [success, start] = await runsOf(app.url, 'backup')
  expect([start?.kind, success?.kind]).toEqual(['start', 'success'])
  expect(success?.details.runId).toMatch(/^[\da-f-]{36}$/)
  expect(start?.details.runId).toBe(success?.details.runId)
  expect(success?.durationSeconds).toBeGreaterThanOrEqual(0)
  expect(success?.durationSeconds).toBeLessThan(5)
})

test('a job that fails says why, and throws what its function threw', async () => {
  const app = await startTestApp()
  const error = new TypeError('the disk is full')
  const failing = () => {
    throw error
  }
  await expect(job('backup', failing, { url: app.url })).rejects.toBe(error)
  await expect(job('backup', () => Promise.reject('a text'), { url: app.url })).rejects.toBe('a text')
  const [second, first] = (await runsOf(app.url, 'backup')).filter(({ kind }) => kind === 'fail')
  expect(first).toMatchObject({ kind: 'fail', details: { message: 'TypeError: the disk is full' } })
  expect(first?.details.output).toContain('client/job.test.ts')
  expect(second).toMatchObject({ kind: 'fail', details: { message: 'a text' } })
  expect((await app.api.status.query({ serviceKey: 'backup' })).services[0]?.status).toBe('down')
})

test('a job of any length of error is cut to what the monitor takes', async () => {
  const app = await startTestApp()
  const error = new Error('世'.repeat(100_000))
  await expect(job('backup', () => Promise.reject(error), { url: app.url })).rejects.toBe(error)
  expect((await runsOf(app.url, 'backup')).map(({ kind }) => kind).sort()).toEqual(['fail', 'start'])
})

test('the function does not wait for the monitor, and the job only as long as it may', async () => {
  quiet()
  const monitor = await startStandIn(silent)
  const from = performance.now()
  let startedMs = 0
  await job(
    'backup',
    () => {
      startedMs = performance.now() - from
    },
    { url: monitor.url, timeoutMs: 300 },
  )
  expect(startedMs).toBeLessThan(100)
  expect(performance.now() - from).toBeLessThan(900)
})

test('an ending that is refused at first is repeated before the job returns', async () => {
  quiet()
  const monitor = await startStandIn(taken, refused(503, 'try again'), taken)
  await job('backup', () => {}, { url: monitor.url })
  expect(monitor.asked.map(({ body }) => (body[0] as { kind?: string }).kind)).toEqual(['start', 'success', 'success'])
})

test('job after job runs as fast with the monitor away', async () => {
  const { code, stdout, stderr, tookMs } = await runProgram(
    `
    import { job } from '@stillbeat/client'
    let done = 0
    for (let count = 0; count < 2000; count++) await job('quick', () => done++)
    console.log(done)
    `,
    { SERVICE_REGISTRY_URL: 'http://127.0.0.1:2' },
  )
  expect([code, stdout]).toEqual([0, '2000\n'])
  expect(stderr.match(/stillbeat/g)).toHaveLength(1)
  expect(tookMs).toBeLessThan(5_000)
})

test.each<[string, unknown, string]>([
  ['an object', { code: 5 }, '{"code":5}'],
  ['an error without a text', new TypeError(), 'TypeError'],
  ['an error with its cause', new Error('outer', { cause: new Error('inner') }), 'Error: outer (Error: inner)'],
])('what is thrown is told: %s', async (_title, thrown, message) => {
  const app = await startTestApp()
  const fail = () => {
    throw thrown
  }
  await expect(job('backup', fail, { url: app.url })).rejects.toBe(thrown)
  expect((await runsOf(app.url, 'backup'))[0]?.details.message).toBe(message)
})
