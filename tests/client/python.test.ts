import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { describe, expect, onTestFinished, test as run } from 'vitest'
import { startTestApp, type TestApp } from '../helpers/app.ts'
import { onPostgres } from '../helpers/database.ts'
import { silent, startStandIn } from '../helpers/standIn.ts'

/** Once is enough, as either database gets the same. `.ci/run` makes sure that its machine has Python. */
const test = run.runIf(!onPostgres && !spawnSync('python3', ['--version']).error)

const AWAY = 'http://127.0.0.1:2'
const HINT = (key: string) =>
  `the function of '${key}' has ended, and its silence will be taken for a fault: for a function with an end use job()`

async function python(lines: string, url = AWAY) {
  const from = performance.now()
  const script = `
import asyncio, signal, sys, threading, time
sys.path.insert(0, 'client/examples/python')
from stillbeat_client import *
${lines}`
  const env = { PATH: process.env.PATH, SERVICE_REGISTRY_URL: url, PYTHONDONTWRITEBYTECODE: '1' }
  const child = spawn('python3', ['-c', script], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return { code, stdout, stderr, tookMs: performance.now() - from }
}

async function runsOf(app: TestApp, serviceKey: string) {
  const { heartbeats } = await app.api.heartbeats.query({ serviceKey })
  return heartbeats.map(({ kind, details }) => ({ kind, ...(details as { runId?: string; output?: string }) }))
}

describe('a job', () => {
  const RAISE = `raise ValueError('the disk is full')`
  test.each([
    ['a context', `with job('x'): {}`],
    ['a context of asyncio', `async def main():\n  async with job('x'): {}\nasyncio.run(main())`],
    ['a decorator', `@job('x')\ndef main(): {}\nmain()`],
    ['a decorator of an async function', `@job('x')\nasync def main(): {}\nasyncio.run(main())`],
  ])('as %s tells its start, and its success or failure; what it raises goes on', async (_name, form) => {
    const app = await startTestApp()
    const good = await python(form.replace('{}', `print('at work')`), app.url)
    expect(good).toMatchObject({ code: 0, stdout: 'at work\n', stderr: '' })
    const [success, start] = await runsOf(app, 'x')
    expect([start?.kind, success?.kind]).toEqual(['start', 'success'])
    expect(success?.runId).toBe(start?.runId)

    const bad = await python(form.replace('{}', RAISE), app.url)
    expect(bad.code).toBe(1)
    expect(bad.stderr).toMatch(/ValueError: the disk is full\n$/)
    const [fail, secondStart] = await runsOf(app, 'x')
    expect(fail).toMatchObject({ kind: 'fail', message: 'ValueError: the disk is full', runId: secondStart?.runId })
    expect(fail?.output).toMatch(/^Traceback .*ValueError: the disk is full\n$/s)
    const { heartbeats } = await app.api.heartbeats.query({ serviceKey: 'x' })
    expect(heartbeats[0]?.durationSeconds).toBeGreaterThanOrEqual(0)
  })

  test('passes arguments, results and names on, and knows an async function', async () => {
    const { stdout, code } = await python(`
@job('x')
def add(first, *, second=1):
  "adds"
  return first + second
@job('y')
async def wait(): return 'waited'
print(add(2, second=3), add.__name__, add.__doc__, asyncio.iscoroutinefunction(wait), asyncio.run(wait()))`)
    expect([code, stdout]).toEqual([0, '5 add adds True waited\n'])
  })

  test.each([
    ['sys.exit()', 'sys.exit()', 0, { kind: 'success' }],
    ['sys.exit(3)', 'sys.exit(3)', 3, { kind: 'fail', exitCode: 3, message: 'exit code 3' }],
    ['a last sentence', `sys.exit('no disk')`, 1, { kind: 'fail', exitCode: 1, message: 'no disk' }],
    ['Ctrl-C', 'signal.raise_signal(signal.SIGINT)', null, { kind: 'fail', message: 'KeyboardInterrupt' }],
    ['a name of bytes', `open(b'\\xff/x'.decode('utf-8', 'surrogateescape'))`, 1, { kind: 'fail' }],
    ['a long error', `raise ValueError('x' * 100_000)`, 1, { kind: 'fail' }],
    [
      'an error without a text',
      `
  class Odd(Exception):
    def __str__(self): raise ValueError()
  raise Odd()`,
      1,
      { kind: 'fail', message: 'it failed with Odd, which cannot be shown as text' },
    ],
  ])('that ends by %s', async (_name, line, code, end) => {
    const app = await startTestApp()
    expect((await python(`with job('x'): ${line}`, app.url)).code).toBe(code)
    expect((await runsOf(app, 'x'))[0]).toMatchObject(end)
  })

  test('that is cancelled is told as failed, and stays cancelled', async () => {
    const app = await startTestApp()
    const { stdout } = await python(
      `
@job('x')
async def sleep(): await asyncio.sleep(60)
async def main():
  task = asyncio.ensure_future(sleep())
  await asyncio.sleep(0.2)
  task.cancel()
  try: await task
  except asyncio.CancelledError: print('cancelled')
asyncio.run(main())`,
      app.url,
    )
    expect(stdout).toBe('cancelled\n')
    expect((await runsOf(app, 'x'))[0]).toMatchObject({ kind: 'fail', message: 'CancelledError' })
  })

  test.each([
    ['a generator', `@job('x')\ndef main():\n  yield 1\n  {}\nlist(main())`],
    [
      'an async generator',
      `@job('x')\nasync def main():\n  yield 1\n  {}\nasync def all():\n  async for _ in main(): pass\nasyncio.run(all())`,
    ],
  ])('around %s lasts until it has been iterated, and tells how that ended', async (_name, form) => {
    const app = await startTestApp()
    expect((await python(form.replace('{}', `print('at work')`), app.url)).stdout).toBe('at work\n')
    expect((await runsOf(app, 'x')).map(({ kind }) => kind)).toEqual(['success', 'start'])
    expect((await python(form.replace('{}', RAISE), app.url)).code).toBe(1)
    expect((await runsOf(app, 'x'))[0]).toMatchObject({ kind: 'fail', message: 'ValueError: the disk is full' })
  })

  test('runs many times at once, each run with its own end', async () => {
    const app = await startTestApp()
    await python(
      `
@job('x')
async def main(seconds): await asyncio.sleep(seconds)
async def all(): await asyncio.gather(*(main(each / 10) for each in range(5)))
asyncio.run(all())`,
      app.url,
    )
    const runs = await runsOf(app, 'x')
    const ids = (kind: string) => runs.filter((each) => each.kind === kind).map(({ runId }) => String(runId))
    expect(new Set(ids('start')).size).toBe(5)
    expect(ids('success').toSorted()).toEqual(ids('start').toSorted())
  })

  test('goes on without a monitor as fast as with one, and says so once', async () => {
    const loop = `
for at in range(300):
  with job('x'): pass
async def more():
  for at in range(100):
    async with job('y'): pass
asyncio.run(more())
with job('', timeout='soon'): print('done')`
    const { code, stdout, stderr, tookMs } = await python(loop)
    expect([code, stdout]).toEqual([0, 'done\n'])
    expect(stderr.match(/no .* signal for/g)).toHaveLength(1)
    expect(tookMs).toBeLessThan(10_000)
  })

  test('waits for a monitor that never answers for its timeout only', async () => {
    const monitor = await startStandIn(silent)
    const { code, stdout, tookMs } = await python(`with job('x', timeout=0.5): print('done')`, monitor.url)
    expect([code, stdout]).toEqual([0, 'done\n'])
    expect(tookMs).toBeLessThan(5_000)
  })
})

describe('a wrapper', () => {
  const WORK = `
def work(seconds=0.05): time.sleep(seconds)
async def wait(seconds=0.05): await asyncio.sleep(seconds)
`
  const said = async (lines: string) => {
    const { code, stderr } = await python(WORK + lines)
    expect(code).toBe(0)
    return stderr.split('\n').filter((line) => line !== '' && !line.includes('no heartbeat'))
  }

  test.each([
    ['sync, within a period', `heartbeat_for_sync('x')(work)()`],
    ['sync, after many periods', `heartbeat_for_sync('x', 0.1)(work)(0.5)`],
    ['async', `asyncio.run(heartbeat_for_async('x')(wait)())`],
    ['again and again', `for at in range(9): heartbeat_for_sync('x')(work)(0.001)`],
  ])('around a function that ends says once what to use: %s', async (_name, lines) => {
    expect(await said(lines)).toEqual([HINT('x')])
  })

  test('around an async function that is not for it says which is', async () => {
    expect(await said(`asyncio.run(heartbeat_for_sync('x')(wait)())`)).toEqual([
      expect.stringContaining('for an async function use heartbeat_for_async(), or job() if it ends'),
    ])
  })

  test.each([
    ['an error', `try: heartbeat_for_sync('x')(lambda: 1 / 0)()\nexcept ZeroDivisionError: pass`],
    [
      'a cancel',
      `
async def main():
  task = asyncio.ensure_future(heartbeat_for_async('x')(wait)(60))
  await asyncio.sleep(0.1)
  task.cancel()
  await asyncio.wait([task])
asyncio.run(main())`,
    ],
    [
      'a signal of the process',
      `
stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
threading.Timer(0.1, signal.raise_signal, [signal.SIGTERM]).start()
def main():
  while not stop.wait(0.05): pass
heartbeat_for_sync('x')(main)()`,
    ],
    [
      'a signal of the process in asyncio',
      `
async def main():
  stop = asyncio.Event()
  asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
  asyncio.get_running_loop().call_later(0.1, signal.raise_signal, signal.SIGTERM)
  await heartbeat_for_async('x')(stop.wait)()
asyncio.run(main())`,
    ],
  ])('says nothing after %s', async (_name, lines) => {
    expect(await said(lines)).toEqual([])
  })
})
