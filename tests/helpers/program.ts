import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { onTestFinished } from 'vitest'

export interface Ended {
  code: number | null
  stdout: string
  stderr: string
  tookMs: number
}

/** Runs the source of a module that uses the client, until it ends by itself. */
export async function runProgram(
  source: string,
  env: Record<string, string> = {},
  flags: string[] = [],
): Promise<Ended> {
  const startedAt = performance.now()
  const index = new URL('../../client/index.ts', import.meta.url).href
  const child = spawn(
    process.execPath,
    [...flags, '--input-type=module', '--eval', source.replaceAll('@stillbeat/client', index)],
    {
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  const told = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      told[name] += chunk
    })
  }
  const [code] = await once(child, 'close')
  return { code, ...told, tookMs: performance.now() - startedAt }
}
