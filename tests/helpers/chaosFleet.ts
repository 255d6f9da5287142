import { mkdtempSync } from 'node:fs'
import { appendFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ServerProcess, startServer } from './process.ts'

/** Several server processes on one database, each with a name. */
export interface Fleet {
  /** The addresses of those that are up. */
  urls(): readonly string[]
  /** The moments of kills, in epoch milliseconds. */
  kills: number[]
  /** Ends one by `kill -9`, and starts another in its place after `downMs`. */
  replace(name: string, downMs: number): Promise<void>
  stop(): Promise<void>
  /** The folder with a log for each process. */
  logs: string
}

export async function startFleet(envs: Record<string, Record<string, string>>): Promise<Fleet> {
  const logs = mkdtempSync(join(tmpdir(), 'stillbeat-chaos-logs-'))
  const servers = new Map<string, ServerProcess>()
  const kills: number[] = []
  let started = 0
  let urls: string[] = []
  const count = () => {
    urls = [...servers.values()].map(({ url }) => url)
  }

  async function start(name: string): Promise<void> {
    const file = join(logs, `${String(++started).padStart(2, '0')}-${name}.log`)
    const server = await startWithRetries(file, envs[name] ?? {})
    const note = (text: string) => appendFile(file, text)
    void note(`${new Date().toISOString()} ${server.url} pid ${server.child.pid}\n`)
    for (const stream of [server.child.stdout, server.child.stderr]) stream?.on('data', note)
    server.child.once('exit', (code, signal) => note(`${new Date().toISOString()} ended: ${code ?? signal}\n`))
    servers.set(name, server)
    count()
  }

  for (const name of Object.keys(envs)) await start(name)
  return {
    urls: () => urls,
    kills,
    logs,
    async replace(name, downMs) {
      const server = servers.get(name)
      servers.delete(name)
      count()
      kills.push(Date.now())
      await server?.end('SIGKILL')
      await sleep(downMs)
      await start(name)
    },
    async stop() {
      await Promise.all([...servers.values()].map((server) => server.end('SIGTERM')))
    },
  }
}

/** Retries a start, since it fails if PostgreSQL is taken away meanwhile. */
async function startWithRetries(file: string, env: Record<string, string>): Promise<ServerProcess> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startServer(env)
    } catch (error) {
      await appendFile(file, `${new Date().toISOString()} ${String(error)}\n`)
      if (attempt === 20) throw error
      await sleep(300)
    }
  }
}
