import type { ChildProcess } from 'node:child_process'
import { builtin } from './builtin.ts'

const { readFileSync } = builtin('node:fs')
const { constants } = builtin('node:os')
const { isatty } = builtin('node:tty')

const forwarded = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH', 'SIGCONT'] as const

/** Signals that a terminal sends to all of its foreground processes, so the command gets them without us. */
const fromTerminal = new Set<NodeJS.Signals>(['SIGINT', 'SIGQUIT', 'SIGWINCH'])

/** Signals that dump core by default. A core dump of this process would be of no use. */
const dumping = new Set<NodeJS.Signals>([
  ...([
    'SIGQUIT',
    'SIGILL',
    'SIGTRAP',
    'SIGABRT',
    'SIGBUS',
    'SIGFPE',
    'SIGSEGV',
    'SIGXCPU',
    'SIGXFSZ',
    'SIGSYS',
  ] as const),
])

const LONGEST_DEATH_MS = 200

/**
 * Forwards signals to a command. Ctrl-C in a terminal reaches the command by itself, and many programs take a second one as
 * "at once, without cleaning up", so it is not forwarded while we are in the foreground. @returns how to stop
 */
export function forwardSignals(child: ChildProcess): () => void {
  const handlers = forwarded.map((signal) => {
    const handler = () => {
      if (!(fromTerminal.has(signal) && isForeground())) child.kill(signal)
    }
    return { signal, handler }
  })
  for (const { signal, handler } of handlers) process.on(signal, handler)
  return () => {
    for (const { signal, handler } of handlers) process.off(signal, handler)
  }
}

/** Whether our process group is in the foreground of a terminal, so that Ctrl-C reaches it. */
function isForeground(): boolean {
  try {
    const stat = readFileSync('/proc/self/stat', 'latin1')
    const [, , group, , terminal, foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return terminal !== '0' && group === foreground
  } catch {
    return isatty(0) || isatty(1) || isatty(2)
  }
}

export const exitCodeOf = (signal: NodeJS.Signals): number => 128 + constants.signals[signal]

/**
 * Ends this process by the signal that ended the command. If that fails, resolves to an exit code that says the same.
 */
export async function dieOf(signal: NodeJS.Signals): Promise<number> {
  if (!dumping.has(signal)) {
    process.kill(process.pid, signal)
    await new Promise((resolve) => setTimeout(resolve, LONGEST_DEATH_MS))
  }
  return exitCodeOf(signal)
}
