import { expect, test } from 'vitest'
import { runProgram } from '../helpers/program.ts'
import { silent, startStandIn, taken } from '../helpers/standIn.ts'

const AWAY = { SERVICE_REGISTRY_URL: 'http://127.0.0.1:2' }

/** Enough to start Node and end. If a heartbeat kept the process running, it would take 10 s or a minute. */
const AT_ONCE_MS = 5_000

test.each([
  ['a heartbeat', `await heartbeat('x')`],
  ['a heartbeat that nobody awaits', `void heartbeat('x')`],
  ['beating', `void aheartbeat('x')`],
  ['beating that is awaited', `await aheartbeat('x')`],
  ['an async function that fails', `await heartbeatForAsync('x')(async () => { throw 1 })().catch(() => {})`],
  ['a sync function that fails', `try { heartbeatForSync('x')(() => { throw 1 })() } catch {}`],
  ['a promise that fails', `await runWithHeartbeat(Promise.reject(1), 'x').catch(() => {})`],
  ['a setup', `await setupService('x', { group: 'y' })`],
  ['a job', `await job('x', () => 1)`],
])('with the monitor away %s throws nothing, warns once, and lets the program end', async (_title, line) => {
  const names = 'aheartbeat, heartbeat, heartbeatForAsync, heartbeatForSync, job, runWithHeartbeat, setupService'
  const source = `import { ${names} } from '@stillbeat/client'\n${line}\nconsole.log('done')`
  const { code, stdout, stderr, tookMs } = await runProgram(source, AWAY)
  expect([code, stdout]).toEqual([0, 'done\n'])
  expect(stderr.split('\n')).toEqual([expect.stringMatching(/^stillbeat: the \w+ of "x" did not reach/), ''])
  expect(tookMs).toBeLessThan(AT_ONCE_MS)
})

test('a program that waits for its setup goes on at once, and its heartbeats with it', async () => {
  const monitor = await startStandIn()
  await monitor.stop()
  const program = runProgram(
    `
    import { aheartbeat, setupService } from '@stillbeat/client'
    const stop = new AbortController()
    void aheartbeat('x', { periodSeconds: 0.2, signal: stop.signal })
    console.log(await setupService('x', {}))
    setTimeout(() => { stop.abort(); console.log('done') }, 2500)
    `,
    { SERVICE_REGISTRY_URL: monitor.url },
  )
  setTimeout(monitor.start, 1_000)
  const { code, stdout, stderr } = await program
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^null\n(.*again\n)?done\n$/)])
  expect(stderr.match(/did not reach/g)).toHaveLength(1)
  expect(monitor.asked.length).toBeGreaterThanOrEqual(3)
})

test('a request under way holds a program for no longer than its time limit', async () => {
  const monitor = await startStandIn(silent)
  const { code, stdout, tookMs } = await runProgram(
    `
    import { heartbeat, heartbeatForAsync } from '@stillbeat/client'
    console.log(await heartbeatForAsync('x', { timeoutMs: 500 })(async () => 1)())
    `,
    { SERVICE_REGISTRY_URL: monitor.url },
  )
  expect([code, stdout]).toEqual([0, '1\n'])
  expect(tookMs).toBeLessThan(AT_ONCE_MS)
  expect(monitor.asked).toHaveLength(1)
})

test('an answer that came while the program was busy is not taken for lost', async () => {
  const monitor = await startStandIn((response, asked) => setTimeout(taken, 200, response, asked))
  const { code, stdout, stderr } = await runProgram(
    `
    import { heartbeat } from '@stillbeat/client'
    const beat = heartbeat('x', { timeoutMs: 300 })
    await new Promise((resolve) => setTimeout(resolve, 100))
    const until = performance.now() + 1000
    while (performance.now() < until) {}
    console.log(await beat)
    `,
    { SERVICE_REGISTRY_URL: monitor.url },
  )
  expect([code, stdout, stderr]).toEqual([0, 'true\n', ''])
  expect(monitor.asked).toHaveLength(1)
})

test('the worker of a sync function does not hold the program that has ended', async () => {
  const monitor = await startStandIn()
  const { stdout } = await runProgram(
    `
    import { heartbeatForSync } from '@stillbeat/client'
    heartbeatForSync('x')(() => 1)()
    const from = performance.now()
    process.on('exit', () => console.log(performance.now() - from))
    `,
    { SERVICE_REGISTRY_URL: monitor.url },
  )
  // If the worker held it, the process would end a second later.
  expect(Number(stdout)).toBeLessThan(800)
})
