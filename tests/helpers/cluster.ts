import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { onTestFinished } from 'vitest'
import { freePort } from './port.ts'

/** A PostgreSQL cluster (server with its data folder) for one test, which may stop and crash it. */
export interface Cluster {
  url: string
  /** Whether its main process runs. It ends by itself when it cannot write its log. */
  isUp(): boolean
  /** `fast` closes connections and shuts down cleanly; `immediate` is a crash, from which the next start recovers. */
  stop(mode: 'fast' | 'immediate'): Promise<void>
  /** Resolves once it accepts connections. */
  start(): Promise<void>
  /** Stops it and deletes its files. The end of the test does so too. */
  remove(): Promise<void>
}

export interface ClusterOptions {
  /** The folder for its files; by default a new one. */
  home?: string
  /** Makes it a standby of this cluster, named `standby`, by `pg_basebackup`. */
  of?: Cluster
  settings?: string[]
}

const SIGNALS = { fast: 'SIGINT', immediate: 'SIGQUIT' } as const
const LONGEST_START_MS = 30_000
const LONGEST_STOP_MS = 20_000
const ROOT = 0
const TELLS_ITS_FOLDER = 'pg_config'

/** Finds the folder with `initdb` and `postgres`; `null` if PostgreSQL's server is not installed. */
export function findBinaries(): string | null {
  const places = [askPgConfig(), ...packaged()]
  return places.find((place) => place && ['initdb', 'postgres'].every((name) => existsSync(join(place, name)))) ?? null
}

function askPgConfig(): string | null {
  try {
    return execFileSync(TELLS_ITS_FOLDER, ['--bindir'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  } catch {
    return null
  }
}

/** The folders of Debian's packages, the newest version first. */
function packaged(): string[] {
  const home = '/usr/lib/postgresql'
  if (!existsSync(home)) return []
  const versions = readdirSync(home).sort((a, b) => Number(b) - Number(a))
  return versions.map((version) => join(home, version, 'bin'))
}

export async function createCluster(binaries: string, options: ClusterOptions = {}): Promise<Cluster> {
  const home = options.home ?? mkdtempSync(join(tmpdir(), 'stillbeat-cluster-'))
  const owner = ownerOf(home)
  const data = join(home, 'data')
  const [program, ...args] = options.of ? copyOf(options.of) : NEW
  execFileSync(join(binaries, program as string), ['-D', data, ...args], {
    ...owner,
    cwd: home,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const port = await freePort()
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  let running: ChildProcess | undefined

  async function start(): Promise<void> {
    const settings = [...HASTY, ...(options.settings ?? [])]
    const child = spawn(
      join(binaries, 'postgres'),
      ['-D', data, '-p', String(port), '-k', home, ...settings.flatMap((setting) => ['-c', setting])],
      { ...owner, cwd: home, stdio: 'ignore' },
    )
    running = child
    const giveUpAt = Date.now() + LONGEST_START_MS
    while (!(await takesConnections(url))) {
      if (child.exitCode !== null) throw new Error(`PostgreSQL ended with ${child.exitCode} instead of starting`)
      if (Date.now() > giveUpAt) throw new Error('PostgreSQL does not start')
      await sleep(50)
    }
  }

  async function stop(mode: 'fast' | 'immediate'): Promise<void> {
    const child = running
    running = undefined
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill(SIGNALS[mode])
    // A kill leaves nothing behind: without the main process, the others end by themselves.
    const kill = setTimeout(() => child.kill('SIGKILL'), LONGEST_STOP_MS)
    await ended
    clearTimeout(kill)
  }

  const abandon = () => running?.kill(SIGNALS.immediate)
  process.once('exit', abandon)
  const remove = async () => {
    await stop('immediate')
    process.off('exit', abandon)
    rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  }
  onTestFinished(remove)
  await start()
  return { url, isUp: () => running !== undefined && running.exitCode === null, stop, start, remove }
}

// Small segments of the write-ahead log, so that a small disk has room for several.
const NEW = ['initdb', '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync', '--wal-segsize=1']

const copyOf = ({ url }: Cluster) => [
  'pg_basebackup',
  '-R',
  '-X',
  'stream',
  '-c',
  'fast',
  '-d',
  `${url}?application_name=standby`,
]

const HASTY = ['listen_addresses=127.0.0.1', 'fsync=off', 'full_page_writes=off', 'log_min_messages=panic']

/** The user to run PostgreSQL as if the test runs as root, which it refuses. That user gets the folder. */
function ownerOf(folder: string): { uid?: number; gid?: number } {
  if (process.getuid?.() !== ROOT) return {}
  const [uid, gid] = ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' })))
  chownSync(folder, uid as number, gid as number)
  return { uid: uid as number, gid: gid as number }
}

async function takesConnections(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
  client.on('error', () => {})
  try {
    await client.connect()
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}
