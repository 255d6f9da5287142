import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { onTestFinished } from 'vitest'

export interface Ended {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: Buffer
  stderr: string
}

const env = { PATH: process.env.PATH, SERVICE_REGISTRY_URL: 'http://127.0.0.1:1' }

/** Starts `stillbeat …` as a process that is killed when the test ends. By default no monitor answers it. */
export function startCli(args: string[], more: Record<string, string> = {}, options: SpawnOptions = {}): ChildProcess {
  const child = spawn(process.execPath, ['client/cli/main.ts', ...args], { env: { ...env, ...more }, ...options })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  return child
}

/** Runs `stillbeat …` until it ends. */
export async function cli(args: string[], more: Record<string, string> = {}, input = ''): Promise<Ended> {
  const child = startCli(args, more)
  child.stdin?.end(input)
  return ended(child)
}

/** Waits until a process ends. @returns its output and how it ended */
export async function ended(child: ChildProcess): Promise<Ended> {
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  child.stdout?.on('data', (part) => stdout.push(part))
  child.stderr?.on('data', (part) => stderr.push(part))
  const [code, signal] = await once(child, 'close')
  return { code, signal, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() }
}
