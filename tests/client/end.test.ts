import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { heartbeatForAsync } from '../../client/index.ts'
import { runProgram } from '../helpers/program.ts'
import { startStandIn } from '../helpers/standIn.ts'

const AWAY = { SERVICE_REGISTRY_URL: 'http://127.0.0.1:2' }
const HALF_A_MINUTE_MS = 30_000
const HINT =
  'stillbeat: the function of "x" has ended, and its silence will be taken for a fault: for a function with an end use job()'

/** Runs lines with the client, and a function `work` that takes a while. @returns what was said beside "did not reach" */
async function said(lines: string): Promise<string[]> {
  const { code, stdout, stderr } = await runProgram(
    `
    import { heartbeatForAsync, heartbeatForSync, job, runWithHeartbeat } from '@stillbeat/client'
    const idle = setInterval(() => {}, 1_000)
    const work = (ms = 50) => new Promise((resolve) => setTimeout(resolve, ms))
    const block = (ms = 50) => { const until = performance.now() + ms; while (performance.now() < until); return 'done' }
    const every = { periodSeconds: 0.1 }
    ${lines}
    clearInterval(idle)
    console.log('done')
    `,
    AWAY,
  )
  expect([code, stdout]).toEqual([0, 'done\n'])
  return stderr.split('\n').filter((line) => line !== '' && !line.includes('did not reach'))
}

describe('once for each service it says that a wrapper is not for a function with an end', () => {
  test.each([
    ['sync, within a period', `heartbeatForSync('x')(block)()`],
    ['sync, after many periods', `heartbeatForSync('x', every)(block)(500)`],
    ['async, within a period', `await heartbeatForAsync('x')(work)()`],
    ['async, after many periods', `await heartbeatForAsync('x', every)(work)(500)`],
    ['a function', `await runWithHeartbeat(() => work(), 'x')`],
    ['a promise', `await runWithHeartbeat(work(), 'x')`],
    ['a function that ends again and again', `for (let at = 0; at < 9; at++) heartbeatForSync('x')(block)(1)`],
    ['by two wrappers', `heartbeatForSync('x')(block)(); await heartbeatForAsync('x')(work)()`],
    ['sync, whatever handles signals', `process.on('SIGTERM', () => {}); heartbeatForSync('x')(block)()`],
    [
      'also where the size of the terminal is asked',
      `process.on('SIGWINCH', () => {}); await runWithHeartbeat(work(), 'x')`,
    ],
  ])('%s', async (_name, lines) => {
    expect(await said(lines)).toEqual([HINT])
  })

  test('and again for another service', async () => {
    expect(await said(`heartbeatForSync('x')(block)(); heartbeatForSync('y')(block)()`)).toHaveLength(2)
  })

  test('of an async function in the wrapper for sync ones it says which to use', async () => {
    expect(await said(`await heartbeatForSync('x')(work)()`)).toEqual([
      expect.stringContaining('for an async function use heartbeatForAsync(), or job() if it ends'),
    ])
  })
})

describe('it says nothing', () => {
  test.each([
    ['when a sync function throws', `try { heartbeatForSync('x')(() => { throw 1 })() } catch {}`],
    ['when an async function throws', `await heartbeatForAsync('x')(async () => { throw 1 })().catch(() => {})`],
    ['when a promise is rejected', `await runWithHeartbeat(Promise.reject(1), 'x').catch(() => {})`],
    ['about a job', `await job('x', () => work())`],
    [
      'after an abort by the caller',
      `const stop = new AbortController()
       setTimeout(() => stop.abort(), 20)
       await runWithHeartbeat(work(100), 'x', { signal: stop.signal })
       heartbeatForSync('x', { signal: stop.signal })(block)()`,
    ],
    [
      'after a signal of the process',
      `const stop = new Promise((resolve) => process.once('SIGTERM', resolve))
       setTimeout(() => process.kill(process.pid, 'SIGTERM'), 50)
       await runWithHeartbeat(stop, 'x')`,
    ],
    [
      'after a signal that was handled only while the function ran',
      `await heartbeatForAsync('x')(async () => {
         let stop
         const told = new Promise((resolve) => process.on('SIGINT', (stop = resolve)))
         setTimeout(() => process.kill(process.pid, 'SIGINT'), 50)
         await told
         process.off('SIGINT', stop)
       })()`,
    ],
    ['when the console is broken', `console.warn = () => { throw 1 }; heartbeatForSync('x')(block)()`],
  ])('%s', async (_name, lines) => {
    expect(await said(lines)).toEqual([])
  })

  test('and a program that handles signals is still ended by those that it does not handle', async () => {
    const { code, stdout } = await runProgram(
      `
      import { runWithHeartbeat } from '@stillbeat/client'
      process.on('SIGINT', () => {})
      setTimeout(() => process.kill(process.pid, 'SIGTERM'), 50)
      await runWithHeartbeat(new Promise((resolve) => setTimeout(resolve, 5_000)), 'x')
      console.log('it went on')
      `,
      AWAY,
    )
    expect([code, stdout]).toEqual([null, ''])
  })
})

test('a program that handles signals and still runs half a minute later was not asked to stop', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  const handler = () => {}
  process.on('SIGUSR2', handler)
  onTestFinished(() => {
    process.off('SIGUSR2', handler)
    vi.useRealTimers()
    warn.mockRestore()
  })
  const monitor = await startStandIn()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const stop = new AbortController()
  await heartbeatForAsync('x', { url: monitor.url })(async () => 1)()
  await heartbeatForAsync('x', { url: monitor.url })(async () => 1)()
  await heartbeatForAsync('aborted', { url: monitor.url, signal: stop.signal })(async () => 1)()
  vi.advanceTimersByTime(HALF_A_MINUTE_MS - 1)
  expect(warn).not.toHaveBeenCalled()
  stop.abort()
  vi.advanceTimersByTime(1)
  expect(warn.mock.calls).toEqual([[HINT]])
})
