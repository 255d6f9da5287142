import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import packageJson from '../../package.json' with { type: 'json' }
import { freePort } from '../../tests/helpers/port.ts'
import { onCleanup } from './cleanup.ts'
import { cpuOf } from './cpu.ts'

/** A server in a process of its own. */
export interface Running {
  url: string
  /** Its resident memory in MB. */
  memory(): Promise<number>
  /** The CPU time that it has used, in milliseconds. */
  cpu(): Promise<number>
  stop(): Promise<void>
}

const START_SECONDS = 60
const STOP_SECONDS = 20

export const startMonitor = (env: Record<string, string>): Promise<Running> =>
  start('../../server/main.ts', { LOG_LEVEL: 'warn', ...env })
export const startEmptyRoute = (): Promise<Running> => start('../empty/route.ts', {})
export const startEmptyTrpc = (): Promise<Running> => start('../empty/trpc.ts', {})

/** The flags of `npm run server`, which is `exec node FLAGS… server/main.ts`. */
const flags = packageJson.scripts.server.split(' ').slice(2, -1)

/**
 * Starts a server in an empty folder and with this environment only, so that no `.env` file changes what is measured.
 */
async function start(script: string, env: Record<string, string>): Promise<Running> {
  const cwd = await mkdtemp(join(tmpdir(), 'stillbeat-bench-'))
  onCleanup(() => rm(cwd, { recursive: true, force: true }))
  const port = await freePort()
  const child = spawn(process.execPath, [...flags, fileURLToPath(new URL(script, import.meta.url))], {
    cwd,
    env: { PATH: process.env.PATH, PORT: String(port), ...env },
    stdio: ['ignore', process.stderr, process.stderr],
  })
  const stop = () => end(child)
  onCleanup(stop)
  const url = `http://127.0.0.1:${port}`
  await ready(child, url)
  return { url, memory: () => residentMb(child), cpu: () => cpuOf(Number(child.pid)), stop }
}

async function ready(child: ChildProcess, url: string): Promise<void> {
  for (const until = Date.now() + START_SECONDS * 1000; Date.now() < until; await sleep(50)) {
    if (hasEnded(child)) throw new Error(`a server ended while it was starting, with ${child.exitCode}`)
    const response = await fetch(`${url}/ready`).catch(() => null)
    await response?.arrayBuffer()
    if (response?.ok) return
  }
  throw new Error(`a server was not ready within ${START_SECONDS} s`)
}

/** Stops a server, and lets it finish the requests that it accepted. */
async function end(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const timeout = setTimeout(() => child.kill('SIGKILL'), STOP_SECONDS * 1000)
  await ended
  clearTimeout(timeout)
}

const hasEnded = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null

async function residentMb(child: ChildProcess): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(child.pid)])
  return Number(stdout) / 1024
}
