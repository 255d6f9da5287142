import type { ChildProcess } from 'node:child_process'
import type { Readable } from 'node:stream'
import { builtin } from './builtin.ts'
import { pass, Tail } from './pass.ts'
import { openPipes } from './pipes.ts'
import { exitCodeOf, forwardSignals } from './processSignals.ts'

const { spawn } = builtin('node:child_process')
const { once } = builtin('node:events')
const { closeSync } = builtin('node:fs')

export interface End {
  /** The exit code that a shell would give: 128 + n if signal n ended it. */
  exitCode: number
  signal: NodeJS.Signals | null
  durationMs: number
}

export interface Running {
  ended: Promise<End>
  /**
   * Resolves once all output is passed on. That may be late: what the command left in the background may still write.
   */
  passed: Promise<unknown>
  output: Output
  stopForwarding: () => void
}

/** The ends of what a command has written: of all in the order in which it came, and of each stream. */
export interface Output {
  all: Tail
  stdout: Tail
  stderr: Tail
}

/** Why a command did not start, with the exit code that a shell would give. */
export interface NotStarted {
  message: string
  exitCode: 126 | 127
}

/** Starts a command. It reads our input, and what it writes is passed on to our output. */
export async function start([file = '', ...args]: string[]): Promise<Running | NotStarted> {
  const startedAt = performance.now()
  const pipes = openPipes()
  const [stdout, stderr] = pipes ?? []
  try {
    const child = spawn(file, args, { stdio: ['inherit', stdout?.write ?? 'pipe', stderr?.write ?? 'pipe'] })
    const ended = endOf(child, startedAt)
    const stopForwarding = forwardSignals(child)
    const output = { all: new Tail(), stdout: new Tail(), stderr: new Tail() }
    await once(child, 'spawn').finally(() => child.pid ?? stopForwarding())
    const passed = Promise.all([
      pass(stdout?.read ?? (child.stdout as Readable), 1, [output.all, output.stdout]),
      pass(stderr?.read ?? (child.stderr as Readable), 2, [output.all, output.stderr]),
    ])
    return { ended, passed, output, stopForwarding }
  } catch (error) {
    for (const pipe of pipes ?? []) pipe.read.destroy()
    return whyNot(file, error as NodeJS.ErrnoException)
  } finally {
    for (const pipe of pipes ?? []) closeSync(pipe.write)
  }
}

async function endOf(child: ChildProcess, startedAt: number): Promise<End> {
  const [exitCode, signal] = await new Promise<[number, NodeJS.Signals | null]>((resolve) => {
    child.once('exit', (code, signal) => resolve([code ?? 0, signal]))
  })
  return {
    exitCode: signal ? exitCodeOf(signal) : exitCode,
    signal,
    durationMs: Math.round(performance.now() - startedAt),
  }
}

function whyNot(file: string, { code, message }: NodeJS.ErrnoException): NotStarted {
  if (code === 'ENOENT' || file === '') return { message: `${file}: command not found`, exitCode: 127 }
  if (code === 'EACCES') return { message: `${file}: permission denied`, exitCode: 126 }
  if (code === 'E2BIG') return { message: `${file}: too many arguments`, exitCode: 126 }
  return { message: `${file}: cannot be run: ${code ?? message}`, exitCode: 126 }
}
