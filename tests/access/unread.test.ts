import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { createTRPCClient, httpBatchLink } from '@trpc/client'
import { expect, onTestFinished, test } from 'vitest'
import type { AppRouter } from '../../server/router.ts'
import { createTestDatabase } from '../helpers/database.ts'
import { startAllInOne, startServer } from '../helpers/process.ts'

const OWNER = 'correct-horse-battery-staple'
const HERD = 500
const HOOK = 'https://stillbeat.example.org/telegram'
/** How often it is asked and heard while the answers lie unread. */
const TIMES = 40
/** The limit of what is unsent (64 MB), what is worked on, and what is not collected yet. */
const GROWTH_MB = 250

const batch = (name: string, times: number) => `/trpc/${Array(times).fill(name).join()}?batch=1&input=%7B%7D`
const get = (path: string, headers = '') => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n`
const GROUP = `/trpc/publicGroup?input=${encodeURIComponent('{"group":"Herd"}')}`
const KEY = `X-Api-Key: ${OWNER}\r\n`
const JSONL = 'trpc-accept: application/jsonl\r\n'

test('clients that never read their answers fill no memory and open no files, and others are heard', {
  timeout: 120_000,
}, async () => {
  const home = await createTestDatabase()
  onTestFinished(home.drop)
  const server = await startServer({ ...home.env, API_KEY: OWNER, RATE_LIMIT_PER_SECOND: '100000' })
  await herd(server.url)
  const script = /assets\/index[^"]+\.js/.exec(await (await fetch(server.url)).text())?.[0]

  const before = used(server.child.pid)
  for (const [what, connections, text] of [
    ['a public group', 60, get(GROUP).repeat(90)],
    ['all services', 60, get('/status', KEY).repeat(90)],
    ['batches', 60, get(batch('status', 20), KEY)],
    ['batches as streams', 60, get(batch('status', 20), KEY + JSONL)],
    ['files of the page', 100, get(`/${script}`).repeat(90)],
  ] as const) {
    const sockets = await Promise.all(Array.from({ length: connections }, () => sendAndReadNothing(server.url, text)))
    const seen = await lookOn(server.url, () => used(server.child.pid))
    process.stdout.write(
      `unread: ${what}: ${Math.round(seen.memoryMb - before.memoryMb)} MB more, ${seen.files - before.files} files more\n`,
    )
    expect(seen.memoryMb - before.memoryMb, what).toBeLessThan(GROWTH_MB)
    expect(seen.files - before.files - connections, what).toBeLessThan(50)
    for (const socket of sockets) socket.destroy()
    expect((await fetch(`${server.url}/status?limit=1`, { headers: { 'X-Api-Key': OWNER } })).status).toBe(200)
  }
})

test('strangers who never finish their bodies fill no memory', { timeout: 120_000 }, async () => {
  const home = await createTestDatabase()
  onTestFinished(home.drop)
  const env = { TELEGRAM_BOT_TOKEN: '1:a', TELEGRAM_API_ROOT: 'http://127.0.0.1:9', TELEGRAM_WEBHOOK_URL: HOOK }
  const server = await startAllInOne({ ...home.env, ...env, API_KEY: OWNER, RATE_LIMIT_PER_SECOND: '100000' })
  const before = used(server.child.pid)
  const sockets: Socket[] = []
  for (const [method, path, bytes] of [
    ['POST', '/telegram', 1_000_000],
    ['POST', '/health', 60_000],
    ['GET', '/health', 60_000],
    ['POST', '/nothing', 60_000],
    ['POST', '/trpc/heartbeat', 60_000],
    ['POST', '/trpc/publicGroup', 60_000],
    ['POST', '/session', 60_000],
    ['DELETE', '/session', 60_000],
  ] as const) {
    const head = `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${bytes + 1}\r\n\r\n`
    const text = head + ' '.repeat(bytes)
    sockets.push(...(await Promise.all(Array.from({ length: 200 }, () => sendAndReadNothing(server.url, text)))))
    const seen = await lookOn(server.url, () => used(server.child.pid))
    process.stdout.write(`unfinished: ${method} ${path}: ${Math.round(seen.memoryMb - before.memoryMb)} MB more\n`)
    expect(seen.memoryMb - before.memoryMb, `${method} ${path}`).toBeLessThan(150)
  }
})

async function herd(url: string): Promise<void> {
  const links = [httpBatchLink({ url: `${url}/trpc`, headers: { 'X-Api-Key': OWNER }, maxItems: 100 })]
  const api = createTRPCClient<AppRouter>({ links })
  const keys = Array.from({ length: HERD }, (_, n) => `herd-${n}`)
  // A batch after the other: of many at once the last would wait longer than a turn may take on a busy machine.
  for (let from = 0; from < HERD; from += 50) {
    const some = keys.slice(from, from + 50)
    await Promise.all(some.map((serviceKey) => api.services.configure.mutate({ serviceKey, group: 'Herd' })))
  }
  await Promise.all(keys.map((serviceKey) => api.heartbeat.mutate({ serviceKey })))
  await api.groups.configure.mutate({ group: 'Herd', public: true })
}

async function sendAndReadNothing(url: string, text: string): Promise<Socket> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname).on('error', () => {})
  onTestFinished(() => {
    socket.destroy()
  })
  await once(socket, 'connect')
  socket.pause()
  socket.write(text)
  return socket
}

/** Asks and beats many times, and looks each time. @returns the most that was seen */
async function lookOn(url: string, look: () => Used): Promise<Used> {
  let most = look()
  for (let n = 0; n < TIMES; n++) {
    const health = await fetch(`${url}/health`)
    const heartbeat = await fetch(`${url}/heartbeat/other`, { method: 'POST', headers: { 'X-Api-Key': OWNER } })
    expect([health.status, heartbeat.status]).toEqual([200, 200])
    const { memoryMb, files } = look()
    most = { memoryMb: Math.max(most.memoryMb, memoryMb), files: Math.max(most.files, files) }
  }
  return most
}

interface Used {
  memoryMb: number
  files: number
}

/** What a process has in memory, and how many files and connections it has open (on Linux, else 0). */
function used(pid = 0): Used {
  const kilobytes = Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)]))
  const folder = `/proc/${pid}/fd`
  return { memoryMb: kilobytes / 1024, files: existsSync(folder) ? readdirSync(folder).length : 0 }
}
