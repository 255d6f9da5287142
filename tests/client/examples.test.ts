import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect, onTestFinished, test as run, vi } from 'vitest'
import { z } from 'zod'
import * as client from '../../client/index.ts'
import { startBotApi } from '../helpers/botApi.ts'
import { createTestDatabase, onPostgres } from '../helpers/database.ts'
import { startServer } from '../helpers/process.ts'
import { stillbeatOnPath } from '../helpers/stillbeatOnPath.ts'

const EXAMPLES = resolve('client/examples')
const LONGEST_WAIT = { timeout: 20_000, interval: 50 }

let monitor: Monitor

/** One for all examples, since each has keys of its own. */
beforeAll(async () => {
  if (!onPostgres) monitor = await startMonitor(afterAll)
})

/** Skips the run on PostgreSQL, since examples send the same to either database. */
const test = run.runIf(!onPostgres)
/** Also skips machines without the program. `.ci/run` makes sure that its machine has it. */
const testWith = (program: string) => run.runIf(!onPostgres && !spawnSync(program, ['--version']).error)

test('sync main: a busy loop beats until it is killed', async () => {
  const example = monitor.start('sync-main.ts', { PERIOD_SECONDS: '0.5' })
  await monitor.hears('example-sync-main', 3)
  example.child.kill('SIGTERM')
  await example.ended()
  expect(example.lines.slice(0, 2)).toEqual(['sync main: 6 is perfect', 'sync main: 28 is perfect'])
})

test('async main: it beats until it is told to stop, which is no fault', async () => {
  const example = monitor.start('async-main.ts', { PERIOD_SECONDS: '0.5' })
  await monitor.hears('example-async-main', 3)
  example.child.kill('SIGTERM')
  expect(await example.ended()).toEqual({ code: 0, lines: ['async main: stopped'] })
  expect(example.errors).toEqual([])
})

test('job: it tells its start and how it ended', async () => {
  expect(await monitor.start('job.ts', { FOLDER: 'docs' }).ended()).toEqual({
    code: 0,
    lines: [expect.stringMatching(/^job: \d+ files in docs$/)],
  })
  const heard = await monitor.hears('example-job', 1, 'success')
  expect(heard.map(({ kind }) => kind)).toEqual(['success', 'start'])
  expect((await monitor.start('job.ts', { FOLDER: 'no-such-folder' }).ended()).code).toBe(1)
  const [fail] = await monitor.hears('example-job', 1, 'fail')
  expect(JSON.stringify(fail?.details)).toContain('ENOENT')
})

test('loop: every round is a heartbeat, until it is told to stop', async () => {
  const example = monitor.start('loop.ts', { PERIOD_SECONDS: '0.3' })
  const heard = await monitor.hears('example-loop', 3)
  expect(heard.at(-1)?.details).toMatchObject({ metadata: { round: 1 } })
  example.child.kill('SIGTERM')
  const { code, lines } = await example.ended()
  expect(code).toBe(0)
  expect(lines.at(0)).toBe('loop: round 1')
  expect(lines.at(-1)).toBe('loop: stopped')
})

test('decorator: compiled as its first lines say, its methods beat', async () => {
  const compile = start('npx', ['tsc', '-p', 'client/examples/decorator'])
  onTestFinished(() => rm(join(EXAMPLES, 'decorator/build'), { recursive: true, force: true }))
  expect(await compile.ended()).toEqual({ code: 0, lines: [] })

  for (const [kind, BUSY, line] of [
    ['async', '', 'decorator: the worker waits for work'],
    ['sync', '1', 'decorator: the worker is busy'],
  ] as const) {
    const example = monitor.start('decorator/build/main.js', { PERIOD_SECONDS: '0.5', BUSY })
    await monitor.hears(`example-decorator-${kind}`, 3)
    example.child.kill('SIGTERM')
    expect((await example.ended()).lines).toEqual([line])
  }
})

test('fastify: it beats while it listens, and closes when told to', async () => {
  const example = monitor.start('fastify.ts', { PERIOD_SECONDS: '0.5', PORT: '0' })
  await monitor.hears('example-web-app', 2)
  const address = example.lines.at(0)?.replace('web app: listens on ', '') ?? ''
  expect(await (await fetch(address)).json()).toEqual({ hello: 'world' })
  example.child.kill('SIGTERM')
  expect((await example.ended()).code).toBe(0)
})

test('grammy: a bot beats while it polls', async () => {
  const telegram = await startBotApi()
  const env = { PERIOD_SECONDS: '0.5', TELEGRAM_API_ROOT: telegram.url, TELEGRAM_BOT_TOKEN: telegram.token }
  const example = monitor.start('grammy-bot.ts', env)
  await monitor.hears('example-telegram-bot', 2)
  const from = { id: 7, is_bot: false, first_name: 'Ann' }
  telegram.say({ message: { message_id: 1, date: 1, chat: { id: 7, type: 'private' }, from, text: 'hello' } })
  expect((await telegram.nextMessage()).text).toBe('You said: hello')
  example.child.kill('SIGTERM')
  expect(await example.ended()).toEqual({ code: 0, lines: ['bot: @stillbeat_test_bot polls', 'bot: stopped'] })
})

test('node-cron: each run tells its start and how it ended', async () => {
  const good = monitor.start('node-cron.ts', { CRON: '* * * * * *', FOLDER: 'docs' })
  const heard = await monitor.hears('example-node-cron', 2, 'success')
  expect(heard.map(({ kind }) => kind)).toContain('start')
  expect(heard.find(({ kind }) => kind === 'success')?.durationSeconds).toBeTypeOf('number')
  good.child.kill('SIGTERM')
  expect((await good.ended()).code).toBe(0)
  expect(good.lines.at(0)).toMatch(/^node-cron: \d+ files in docs$/)

  const bad = monitor.start('node-cron.ts', { CRON: '* * * * * *', FOLDER: 'no-such-folder' })
  const [fail] = (await monitor.hears('example-node-cron', 1, 'fail')).filter(({ kind }) => kind === 'fail')
  expect(JSON.stringify(fail?.details)).toContain('ENOENT')
  bad.child.kill('SIGTERM')
  expect((await bad.ended()).code).toBe(0)
})

testWith('curl')('crontab: each line, run as cron runs it, is heard', async () => {
  const bin = await stillbeatOnPath()
  const { settings, commands } = readCrontab(await readFile(join(EXAMPLES, 'crontab'), 'utf8'))
  expect(commands).toHaveLength(2)
  const env = { ...settings, PATH: `${bin}:${settings.PATH}`, SERVICE_REGISTRY_URL: monitor.url }
  for (const command of commands) {
    const { code, lines } = await start('/bin/sh', ['-c', command], env).ended()
    expect(code, command).toBe(0)
    expect(lines.at(0), command).toMatch(/^Filesystem/)
  }
  await monitor.hears('example-cron-curl', 1)
  const heard = await monitor.hears('example-cron-exec', 1, 'success')
  expect(heard.map(({ kind }) => kind)).toEqual(['success', 'start'])
})

testWith('python3')('python: jobs tell how they ended, and the wrapper beats while its function runs', async () => {
  const example = monitor.start('python/example.py', { PERIOD_SECONDS: '0.5' }, 'python3')
  await monitor.hears('example-python-worker', 3)
  example.child.kill('SIGTERM')
  expect((await example.ended()).lines).toEqual(['python: reported 499500', 'python: one heartbeat stored: True'])
  expect(example.errors).toEqual([])
  for (const key of ['example-python-import', 'example-python-report']) {
    const heard = await monitor.hears(key, 1, 'success')
    expect(heard.map(({ kind }) => kind)).toEqual(['success', 'start'])
  }
  await monitor.hears('example-python', 1)
})

testWith('python3')('python: without a monitor it goes on, says so once, and ends in time', async () => {
  const env = { SERVICE_REGISTRY_URL: 'http://someone:secret@127.0.0.1:1' }
  const script = 'import sys; sys.path.insert(0, "client/examples/python"); import stillbeat_client as s; '
  const calls = 's.heartbeat("a", retry_for=0), s.heartbeat("b", retry_for=0), s.heartbeat("c", metadata={1: {2}})'
  const main = 's.heartbeat_for_sync("d", 0.1)(lambda: __import__("time").sleep(1) or "done")()'
  const example = start('python3', ['-c', `${script}print(${calls}, ${main})`], env)
  const { code, lines } = await example.ended()
  expect({ code, answers: lines.at(0) }).toEqual({ code: 0, answers: 'False False False done' })
  expect(example.errors.join('\n')).not.toContain('secret')
  expect(example.errors.filter((line) => line.includes('no heartbeat'))).toHaveLength(2)

  const old = 'import ast; ast.parse(open("client/examples/python/stillbeat_client.py").read(), feature_version=(3, 9))'
  expect(await start('python3', ['-c', old]).ended()).toEqual({ code: 0, lines: [] })
})

test('n8n: the request of its HTTP node, as written, is heard', async () => {
  const workflow = n8nWorkflow.parse(JSON.parse(await readFile(join(EXAMPLES, 'n8n-workflow.json'), 'utf8')))
  const trigger = workflow.nodes.find(({ type }) => type === 'n8n-nodes-base.scheduleTrigger')
  const next = workflow.connections[trigger?.name ?? '']?.main[0]?.[0]?.node
  const node = workflow.nodes.find(({ name }) => name === next)
  expect(node?.type).toBe('n8n-nodes-base.httpRequest')

  const { method, url, jsonBody } = httpRequest.parse(node?.parameters)
  const [, expression] = /^=\{\{(.*)\}\}$/.exec(jsonBody) ?? []
  const body = new Function('$workflow', `return ${expression}`)(workflow)
  const headers = { 'content-type': 'application/json' }
  const address = url.replace('http://127.0.0.1:8765', monitor.url)
  expect((await fetch(address, { method, headers, body })).status).toBe(200)
  const [heard] = await monitor.hears('example-n8n', 1)
  expect(heard?.details).toMatchObject({ metadata: { workflow: workflow.name } })
})

test('the README has every function, and its programs run as they stand', async () => {
  const readme = await readFile('client/README.md', 'utf8')
  const index = [...readme.matchAll(/^\| `(\w+)(?:\(.*\))?` \|/gm)].map(([, name]) => name)
  expect(index.filter((name) => Object.hasOwn(client, name ?? '')).toSorted()).toEqual(Object.keys(client).toSorted())

  // `stillbeat status` fails while another service is down.
  const monitor = await startMonitor(onTestFinished)
  const folder = await mkdtemp(join(tmpdir(), 'stillbeat-readme-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await mkdir(join(folder, 'node_modules/@stillbeat'), { recursive: true })
  await symlink(resolve('client'), join(folder, 'node_modules/@stillbeat/client'))
  await writeFile(join(folder, 'main.mts'), /```ts\n(.*?)```/s.exec(readme)?.[1] ?? '')
  const env = { SERVICE_REGISTRY_URL: monitor.url, PATH: `${await stillbeatOnPath()}:${process.env.PATH}` }
  const program = await start(process.execPath, [join(folder, 'main.mts')], env).ended()
  expect(program).toEqual({ code: 0, lines: ['at work'] })
  await monitor.hears('my-job', 1, 'success')

  const commands = readme.match(/^stillbeat .*$/gm) ?? []
  const { code, lines } = await start('/bin/sh', ['-ec', commands.join('\n')], env, folder).ended()
  expect(code).toBe(0)
  expect(lines).toContain('saved')
  await monitor.hears('my-script', 1)
  await monitor.hears('nightly-backup', 1, 'success')
})

const n8nWorkflow = z.object({
  name: z.string(),
  nodes: z.array(z.object({ name: z.string(), type: z.string(), parameters: z.record(z.string(), z.unknown()) })),
  connections: z.record(z.string(), z.object({ main: z.array(z.array(z.object({ node: z.string() }))) })),
})
const httpRequest = z.object({ method: z.literal('POST'), url: z.string(), jsonBody: z.string() })

type Monitor = Awaited<ReturnType<typeof startMonitor>>

async function startMonitor(stopAfter: (stop: () => Promise<void>) => void) {
  const { env, drop } = await createTestDatabase()
  const { url, end } = await startServer({ ...env }, stopAfter)
  stopAfter(async () => {
    await end('SIGTERM')
    await drop()
  })
  const api = client.createClient({ url })
  return {
    url,
    start: (file: string, env: Record<string, string>, program = process.execPath) =>
      start(program, [join('client/examples', file)], { ...env, SERVICE_REGISTRY_URL: url }),
    /** Waits until `count` heartbeats or signals of a kind are stored. */
    hears: (serviceKey: string, count: number, kind = 'heartbeat') =>
      vi.waitFor(async () => {
        const { heartbeats } = await api.heartbeats.query({ serviceKey })
        expect(heartbeats.filter((each) => each.kind === kind).length).toBeGreaterThanOrEqual(count)
        return heartbeats
      }, LONGEST_WAIT),
  }
}

interface Example {
  child: ChildProcess
  lines: string[]
  errors: string[]
  ended(): Promise<{ code: number | null; lines: string[] }>
}

function start(program: string, args: string[], env: Record<string, string> = {}, cwd = '.'): Example {
  const child = spawn(program, args, {
    cwd,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const lines: string[] = []
  const errors: string[] = []
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line))
  createInterface({ input: child.stderr }).on('line', (line) => errors.push(line))
  const closed = once(child, 'close')
  return {
    child,
    lines,
    errors,
    async ended() {
      const [code] = await closed
      if (code !== 0) process.stderr.write(`${errors.join('\n')}\n`)
      return { code, lines }
    },
  }
}

/** Reads a crontab as cron does: settings, and commands after five fields of time. */
function readCrontab(text: string): { settings: Record<string, string>; commands: string[] } {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  const settings = lines.map((line) => /^(\w+)=(.*)$/.exec(line)).filter((found) => found !== null)
  const commands = lines.map((line) => /^(?:\S+ ){5}(.+)$/.exec(line)?.[1]).filter((found) => found !== undefined)
  return { settings: Object.fromEntries(settings.map(([, name, value]) => [name, value])), commands }
}
