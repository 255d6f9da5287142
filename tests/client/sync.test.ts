import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createClient } from '../../client/index.ts'
import { createTestDatabase } from '../helpers/database.ts'
import { startServer } from '../helpers/process.ts'
import { runProgram } from '../helpers/program.ts'
import { refused, startStandIn, type taken } from '../helpers/standIn.ts'

const BLOCK = `const block = (ms) => { const until = performance.now() + ms; while (performance.now() < until); return 'result' }`

test('a function that blocks its thread is heard meanwhile by a real server', async () => {
  const { env, drop } = await createTestDatabase()
  const server = await startServer({ ...env })
  const folder = await mkdtemp(join(tmpdir(), 'stillbeat-sync-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const over = join(folder, 'over')
  const running = runProgram(
    `
    import { existsSync } from 'node:fs'
    import { heartbeatForSync } from '@stillbeat/client'
    const block = (file) => { while (!existsSync(file)); return 'result' }
    const startedAt = Date.now()
    console.log(heartbeatForSync('cruncher', { periodSeconds: 0.3 })(block)(process.env.OVER))
    console.log(startedAt, Date.now())
    `,
    { SERVICE_REGISTRY_URL: server.url, OVER: over },
  )
  const heard = async () => {
    const { heartbeats } = await createClient({ url: server.url }).heartbeats.query({ serviceKey: 'cruncher' })
    return heartbeats.map(({ at }) => Date.parse(at))
  }
  await expect.poll(async () => (await heard()).length).toBeGreaterThanOrEqual(3)
  await writeFile(over, '')
  const { code, stdout, stderr } = await running
  expect([code, stderr]).toEqual([0, expect.stringMatching(/^stillbeat: .* use job\(\)\n$/)])
  const [result, times = ''] = stdout.split('\n')
  expect(result).toBe('result')
  const [from = 0, to = 0] = times.split(' ').map(Number)
  const all = await heard()
  expect(all.filter((at) => at > from && at < to).length).toBeGreaterThanOrEqual(3)
  // Not more often than every period, besides the first and the last one.
  expect(all.length).toBeLessThanOrEqual((to - from) / 300 + 2)
  await server.end('SIGTERM')
  await drop()
})

test('a function that is over before the worker has begun is heard once, also on throw', async () => {
  const monitor = await startStandIn()
  const { code, stdout } = await runProgram(
    `
    import { heartbeatForSync } from '@stillbeat/client'
    console.log(heartbeatForSync('quick')((a, b) => a + b)(1, 2))
    try { heartbeatForSync('broken')(() => { throw new Error('mine') })() } catch ({ message }) { console.log(message) }
    `,
    { SERVICE_REGISTRY_URL: monitor.url },
  )
  expect([code, stdout]).toEqual([0, '3\nmine\n'])
  const keys = monitor.asked.flatMap(({ body }) => Object.values(body).map((one) => one.serviceKey ?? one))
  expect(keys.sort()).toEqual(['broken', 'quick'])
})

test('a function that is called a thousand times has one worker, and the program still ends', async () => {
  const monitor = await startStandIn()
  const { code, stdout, tookMs } = await runProgram(
    `
    import { heartbeatForSync } from '@stillbeat/client'
    const add = heartbeatForSync('adder')((a, b) => a + b)
    let sum = 0
    for (let count = 0; count < 1000; count++) sum = add(sum, 1)
    console.log(sum)
    `,
    { SERVICE_REGISTRY_URL: monitor.url },
  )
  expect([code, stdout]).toEqual([0, '1000\n'])
  expect(tookMs).toBeLessThan(5_000)
  expect(monitor.asked.length).toBeGreaterThanOrEqual(1)
})

test('a heartbeat that is refused in the worker is told when the function is over, and tried again', async () => {
  const takenOne: typeof taken = (response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"result":{"data":{}}}')
  const monitor = await startStandIn(refused(503, 'try again'), takenOne)
  const { stderr, stdout } = await runProgram(
    `
    import { heartbeatForSync } from '@stillbeat/client'
    ${BLOCK}
    heartbeatForSync('cruncher', { onError: (error) => console.log(error.status) })(block)(2500)
    setTimeout(() => {}, 500)
    `,
    { SERVICE_REGISTRY_URL: monitor.url },
  )
  expect(stderr).toMatch(/^stillbeat: the heartbeat of "cruncher" did not reach .*: it answered 503/m)
  expect(stdout).toMatch(/^503\nstillbeat: .* takes heartbeats again\n$/)
  expect(monitor.asked).toHaveLength(2)
})

test.each([['no workers are allowed', ['--permission', '--allow-fs-read=*', '--allow-net']]])(
  'where %s the function runs, and is heard once',
  async (_title, flags) => {
    const monitor = await startStandIn()
    const { code, stdout } = await runProgram(
      `
    import { heartbeatForSync } from '@stillbeat/client'
    ${BLOCK}
    console.log(heartbeatForSync('cruncher')(block)(100))
    `,
      { SERVICE_REGISTRY_URL: monitor.url },
      flags,
    )
    expect([code, stdout]).toEqual([0, 'result\n'])
    expect(monitor.asked.map(({ body }) => body[0]?.serviceKey)).toEqual(['cruncher'])
  },
)
