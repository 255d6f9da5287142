import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { startTestApp, type TestApp } from '../helpers/app.ts'
import { cli, ended, startCli } from '../helpers/cli.ts'

/** The details of a job's last success or fail, as the monitor stored them. */
async function endOf(app: TestApp, serviceKey: string): Promise<Record<string, unknown>> {
  const { heartbeats } = await app.api.heartbeats.query({ serviceKey })
  const [end, ...more] = heartbeats.filter(({ kind }) => kind !== 'start')
  expect([heartbeats.length, more]).toEqual([2, []])
  return { kind: end?.kind, ...(end?.details as object) }
}

/** Starts a fake monitor that keeps what it is sent, and answers as planned. */
async function fakeMonitor(answer: (told: Record<string, unknown>) => number | undefined = () => 200) {
  const told: Record<string, unknown>[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const part of request) body += part
    const signal = JSON.parse(body)
    told.push(signal)
    const status = answer(signal)
    if (status !== undefined) response.writeHead(status, { 'retry-after': '1' }).end('{"result":{}}')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { told, env: { SERVICE_REGISTRY_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` } }
}

test('a job that succeeds is told with its start, duration, exit code and output', async () => {
  const app = await startTestApp()
  const result = await cli(
    ['exec', 'backup', '--url', app.url, '--', 'sh', '-c', 'cat; echo warning >&2'],
    {},
    'done\n',
  )
  expect(result).toMatchObject({ code: 0, stderr: 'warning\n' })
  expect(result.stdout.toString()).toBe('done\n')
  const success = await endOf(app, 'backup')
  expect(success).toMatchObject({ kind: 'success', exitCode: 0, runId: expect.any(String) })
  expect(String(success.output).split('\n').sort()).toEqual(['', 'done', 'warning'])
})

test('start and end carry the same run id', async () => {
  const { told, env } = await fakeMonitor()
  await cli(['exec', 'job', '--', 'true'], env)
  expect(told.map(({ kind }) => kind)).toEqual(['start', 'success'])
  expect(told[0]?.runId).toBe(told[1]?.runId)
  expect(told[1]?.durationMs).toBeGreaterThanOrEqual(0)
})

test('a job that fails keeps its exit code, and the service is down', async () => {
  const app = await startTestApp()
  const { code } = await cli(['exec', 'job', '--url', app.url, '--', 'sh', '-c', 'exit 7'])
  expect(code).toBe(7)
  expect(await endOf(app, 'job')).toMatchObject({ kind: 'fail', exitCode: 7, message: 'exit code 7' })
  expect((await app.api.status.query({ serviceKey: 'job' })).services).toMatchObject([{ status: 'down' }])
})

test.each([
  ['stderr alone', `echo 'FATAL: too many connections' >&2`, 'FATAL: too many connections'],
  ['stdout alone', `echo 'FATAL: disk full'`, 'FATAL: disk full'],
  ['both, stdout last', `echo 'cannot open' >&2; sleep 0.2; echo 'bye'`, 'cannot open'],
  ['several lines', `printf 'Traceback:\n  line 3\nKeyError: 7\n' >&2`, 'KeyError: 7'],
  ['no line feed at its end', `printf 'cannot open' >&2`, 'cannot open'],
  ['nothing', '', 'exit code 1'],
  ['nothing but blank lines', `printf '\n \n\t\n' >&2`, 'exit code 1'],
  ['blank lines at its end', `printf 'cannot open\r\n\r\n  \n\n' >&2`, 'cannot open'],
  ['blank lines on stderr', `echo 'disk full'; echo >&2`, 'disk full'],
  ['colours', `printf '\\033[1;31mFATAL\\033[0m: \\033[38;5;9mno disk\\033[K\n\\033[0m' >&2`, 'FATAL: no disk'],
  ['a link', `printf '\\033]8;;http://127.0.0.1\\007log\\033]8;;\\007 is full\n' >&2`, 'log is full'],
  ['a progress bar', `printf '10 %%\r90 %%\rno space left' >&2`, 'no space left'],
  ['binary data on stdout', `head -c 30000 /dev/urandom`, 'exit code 1'],
  ['binary data on stderr', `echo 'disk full'; head -c 30000 /dev/zero >&2`, 'disk full'],
  ['binary data after text', `echo 'disk full' >&2; printf '\\377\\376\\001\n' >&2`, 'disk full'],
  ['Latin-1', `printf 'Verbindung f\\374r db1 fehlt\n' >&2`, 'Verbindung f\uFFFDr db1 fehlt'],
  ['a very long line', `printf 'E%.0s' $(seq 5000) >&2`, `${'E'.repeat(199)}…`],
  ['a line longer than what is kept', `head -c 1000000 /dev/zero | tr '\\0' x >&2`, `${'x'.repeat(199)}…`],
  ['wide characters', `printf '😀%.0s' $(seq 300) >&2`, `${'😀'.repeat(199)}…`],
])('a job that fails is told with the last line that it printed: %s', async (_name, script, message) => {
  const { told, env } = await fakeMonitor()
  await cli(['exec', 'job', '--', 'sh', '-c', `${script}\nexit 1`], env)
  expect(told.at(-1)).toMatchObject({ kind: 'fail', exitCode: 1, message })
})

test('what a job printed is the reason that the monitor shows, and the exit code stays beside it', async () => {
  const app = await startTestApp()
  const script = `echo 'connecting'; echo 'FATAL: too many connections' >&2; exit 1`
  await cli(['exec', 'job', '--url', app.url, '--', 'sh', '-c', script])
  expect(await endOf(app, 'job')).toMatchObject({ kind: 'fail', exitCode: 1, message: 'FATAL: too many connections' })
})

test.each([
  ['of its stderr', `echo 'out of memory' >&2`, 'ended by SIGKILL: out of memory'],
  ['not of its stdout', `echo 'file 3 of 9'`, 'ended by SIGKILL'],
])('a job that is killed is told with the signal and the last line %s', async (_name, script, message) => {
  const { told, env } = await fakeMonitor()
  await cli(['exec', 'job', '--', 'sh', '-c', `${script}\nkill -KILL $$`], env)
  expect(told.at(-1)).toMatchObject({ kind: 'fail', exitCode: 137, message })
})

test('a job that succeeds needs no reason', async () => {
  const { told, env } = await fakeMonitor()
  await cli(['exec', 'job', '--', 'sh', '-c', 'echo warning >&2'], env)
  expect(told.at(-1)).toMatchObject({ kind: 'success', output: 'warning\n' })
  expect(told.at(-1)).not.toHaveProperty('message')
})

test('arguments reach the command as they were given', async () => {
  const given = ['a b', '', '$HOME', "it's", '--help', '--', '-q', '*', 'ж\n']
  const { stdout } = await cli(['exec', 'job', '-q', '--', 'printf', '[%s]', ...given])
  expect(stdout.toString()).toBe(given.map((one) => `[${one}]`).join(''))
})

test('many MB of binary output pass unchanged', async () => {
  const pattern = Buffer.from(Array.from({ length: 251 }, (_, at) => (at * 7) % 256))
  const script = `process.stdout.write(Buffer.alloc(20e6, Buffer.from('${pattern.toString('hex')}', 'hex')))`
  const { stdout, code } = await cli(['exec', 'job', '-q', '--', process.execPath, '-e', script])
  expect(code).toBe(0)
  expect(stdout.equals(Buffer.alloc(20e6, pattern))).toBe(true)
})

test('of much output the end is kept, from a whole character on', async () => {
  const { told, env } = await fakeMonitor()
  await cli(['exec', 'job', '--', process.execPath, '-e', `process.stdout.write('ё'.repeat(50000) + '.')`], env)
  const output = String(told.at(-1)?.output)
  expect(output).toBe(`${'ё'.repeat(4999)}.`)
})

test('binary output with NUL characters is kept readable and refused by nobody', async () => {
  const app = await startTestApp()
  const script = 'process.stdout.write(Buffer.alloc(20000))'
  const { stderr } = await cli(['exec', 'job', '--url', app.url, '--', process.execPath, '-e', script])
  expect(stderr).toBe('')
  expect(await endOf(app, 'job')).toMatchObject({ kind: 'success', output: '\uFFFD'.repeat(10_000) })
})

test('a command can open /dev/stdout and /dev/stderr', async () => {
  const script = 'echo out > /dev/stdout; echo err > /dev/stderr'
  const { stdout, stderr, code } = await cli(['exec', 'job', '-q', '--', 'sh', '-c', script])
  expect([stdout.toString(), stderr, code]).toEqual(['out\n', 'err\n', 0])
})

test('a command whose reader leaves meets the broken pipe', async () => {
  const { told, env } = await fakeMonitor()
  const child = startCli(['exec', 'job', '--', 'yes'], env)
  child.stdout?.once('data', () => child.stdout?.destroy())
  const { code } = await ended(child)
  expect(code).toBe(128 + 13)
  expect(told.at(-1)).toMatchObject({ kind: 'fail', message: 'ended by SIGPIPE', exitCode: 141 })
})

test.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const)(
  '%s reaches the command, which may answer it in its own way',
  async (signal) => {
    const script = `process.on('${signal}', () => process.exit(42)); setInterval(() => {}, 1e6); console.log('ready')`
    const child = startCli(['exec', 'job', '-q', '--', process.execPath, '-e', script])
    child.stdout?.once('data', () => child.kill(signal))
    expect(await ended(child)).toMatchObject({ code: 42, signal: null })
  },
)

test.each(['SIGTERM', 'SIGINT', 'SIGKILL'] as const)(
  'a command that %s ends lets us end the same way',
  async (signal) => {
    const { told, env } = await fakeMonitor()
    const result = await cli(['exec', 'job', '--', 'sh', '-c', `kill -${signal.slice(3)} $$`], env)
    expect(result).toMatchObject({ code: null, signal })
    expect(told.at(-1)).toMatchObject({ kind: 'fail', message: `ended by ${signal}` })
  },
)

test.each([
  ['nosuch-command', 127, 'nosuch-command: command not found'],
  ['/etc/passwd', 126, '/etc/passwd: permission denied'],
  ['', 127, ': command not found'],
])('a command that cannot be started is told as failed: "%s"', async (command, exitCode, reason) => {
  const { told, env } = await fakeMonitor()
  const { code, stderr } = await cli(['exec', 'job', '--', command], env)
  expect([code, stderr]).toEqual([exitCode, `stillbeat: ${reason}\n`])
  expect(told).toEqual([{ serviceKey: 'job', runId: expect.any(String), kind: 'fail', exitCode, message: reason }])
})

test('a monitor that is away costs one line and little time', async () => {
  const before = performance.now()
  const { code, stdout, stderr } = await cli(['exec', 'job', '--', 'sh', '-c', 'echo hi; exit 3'])
  expect(performance.now() - before).toBeLessThan(4_000)
  expect([code, stdout.toString()]).toEqual([3, 'hi\n'])
  expect(stderr).toBe(
    'stillbeat: job is not reported: http://127.0.0.1:1/ cannot be reached: the connection was refused\n',
  )
  expect((await cli(['exec', 'job', '--quiet', '--', 'true'])).stderr).toBe('')
})

test('a monitor that never answers is waited for five seconds after the end', async () => {
  const { told, env } = await fakeMonitor(() => undefined)
  const before = performance.now()
  const { code, stderr } = await cli(['exec', 'job', '--', 'true'], env)
  expect(performance.now() - before).toBeLessThan(8_000)
  expect([code, stderr]).toEqual([0, expect.stringContaining('did not answer in time')])
  expect(told.map(({ kind }) => kind)).toEqual(['start', 'success'])
})

test('an end that the monitor cannot take yet is told again', async () => {
  let refusals = 1
  const { told, env } = await fakeMonitor(({ kind }) => (kind === 'success' && refusals-- > 0 ? 503 : 200))
  const { stderr } = await cli(['exec', 'job', '--', 'true'], env)
  expect(stderr).toBe('')
  expect(told.map(({ kind }) => kind)).toEqual(['start', 'success', 'success'])
})

test('what a command leaves running in the background does not hold up the news, and its output is passed on', async () => {
  const { told, env } = await fakeMonitor()
  const script = 'exec 3<&0; (read line <&3; echo "$line") & echo now'
  const child = startCli(['exec', 'job', '--', 'sh', '-c', script], env)
  const end = ended(child)
  await vi.waitUntil(() => told.length === 2, { timeout: 10_000 })
  expect(told[1]).toMatchObject({ kind: 'success', output: 'now\n' })
  child.stdin?.end('late\n')
  expect((await end).stdout.toString()).toBe('now\nlate\n')
})

test('neither the command nor an error is told the key', async () => {
  const app = await startTestApp({ env: { API_KEY: 'right-key' } })
  const given = ['exec', 'job', '--key', 'wrong-key', '--url', app.url.replace('//', '//user:secret@')]
  const { stdout, stderr } = await cli([...given, '--', 'sh', '-c', 'env; tr "\\0" " " < /proc/$PPID/cmdline'])
  expect(stderr).toMatch(/is not reported: http:\S+ refused: this key is not valid here/)
  expect(`${stdout}${stderr}`).not.toMatch(/wrong-key|secret/)
  const good = await cli(['exec', 'job', '--url', app.url, '--', 'true'], { SERVICE_REGISTRY_KEY: 'right-key' })
  expect(good).toMatchObject({ code: 0, stderr: '' })
})
