import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }

const STARTED = /Stillbeat listens on (\S+)/
const BOT_STARTED = /the bot asks ([^\s"]+)/
const LONGEST_START_MS = 120_000
/** Node's arguments in `npm run server`. */
const SERVER = [...(packageJson.scripts.server.match(/--\S+/g) ?? []), 'server/main.ts']

export interface ServerProcess {
  url: string
  /** Ends it, and waits until it has. */
  end(signal: NodeJS.Signals): Promise<{ code: number | null }>
  child: ChildProcess
  /** The lines of its output so far. */
  told: string[]
}

type StopAfter = (stop: () => Promise<void>) => void

function launch(
  env: Record<string, string>,
  program = ['server/main.ts'],
  stopAfter: StopAfter = onTestFinished,
): ChildProcess {
  const child = spawn(process.execPath, program, {
    env: { PATH: process.env.PATH, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  stopAfter(async () => {
    child.kill('SIGKILL')
  })
  return child
}

/** Runs what `npm run server` runs, and waits until it takes heartbeats. It is killed when the test ends, or as `stopAfter` says. */
export const startServer = (env: Record<string, string>, stopAfter?: StopAfter) =>
  start(env, SERVER, STARTED, stopAfter)

/** Runs what `npm start` runs: the server with the bot in it. */
export const startAllInOne = (env: Record<string, string>) => start(env, [...SERVER, '--bot'], STARTED)

/** Runs what `npm run bot` runs. `url` is the address of the API that it uses. */
export const startBotProcess = (env: Record<string, string>) => start(env, ['server/bot.ts'], BOT_STARTED)

/** Begins a server, and does not wait for its start, which may fail. `flags` are Node's. */
export function beginServer(env: Record<string, string>, flags: string[] = []): BegunProcess {
  const begun = begin(env, [...flags, 'server/main.ts'], STARTED)
  begun.started.catch(() => {})
  return begun
}

async function start(
  env: Record<string, string>,
  program: string[],
  ready: RegExp,
  stopAfter?: StopAfter,
): Promise<ServerProcess> {
  const { started, ...server } = begin(env, program, ready, stopAfter)
  return { url: await started, ...server }
}

export interface BegunProcess extends Omit<ServerProcess, 'url'> {
  /** Resolves to its address once its log says it. */
  started: Promise<string>
}

function begin(env: Record<string, string>, program: string[], ready: RegExp, stopAfter?: StopAfter): BegunProcess {
  const child = launch(env, program, stopAfter)
  const told: string[] = []
  const started = new Promise<string>((resolve, reject) => {
    const look = (line: string) => {
      told.push(line)
      const url = ready.exec(line)?.[1]
      if (url) resolve(url)
    }
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', look)
    createInterface({ input: child.stderr as NodeJS.ReadableStream }).on('line', look)
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${told.join('\n')}`)))
    AbortSignal.timeout(LONGEST_START_MS).onabort = () => reject(new Error(`no start: ${told.join('\n')}`))
  })
  return {
    started,
    child,
    told,
    async end(signal) {
      const exited = once(child, 'exit')
      child.kill(signal)
      const [code] = await exited
      return { code }
    },
  }
}

/** Runs a start that is expected to fail. @returns its error output and exit code */
export async function failToStart(
  env: Record<string, string>,
  program?: string[],
): Promise<{ code: number | null; stderr: string }> {
  const child = launch(env, program)
  let stderr = ''
  child.stderr?.on('data', (chunk) => {
    stderr += chunk
  })
  const [code] = await once(child, 'close')
  return { code, stderr }
}
