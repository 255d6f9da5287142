import type { ChildProcess } from 'node:child_process'
import { builtin } from './builtin.ts'

const { readFileSync } = builtin('node:fs')
const { constants } = builtin('node:os')
const { isatty } = builtin('node:tty')

const forwarded = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH', 'SIGCONT'] as const

/** What a terminal sends to all of its foreground processes, and so to the command without our help. */
const fromTerminal = new Set<NodeJS.Signals>(['SIGINT', 'SIGQUIT', 'SIGWINCH'])

/** Signals whose default is a dump of memory: ours would be of no use. */
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
 * Hands every signal on to a command, until told to stop. Ctrl-C in a terminal reaches the command by itself, and many
 * programs take a second one as "now, and without cleaning up": so it is not handed on while we are in the foreground.
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

/** Whether what is typed at a terminal becomes a signal to our process group. */
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

/** Ends this process as a command ended that was killed; resolves to an exit code that says the same, if it cannot be. */
export async function dieOf(signal: NodeJS.Signals): Promise<number> {
  if (!dumping.has(signal)) {
    process.kill(process.pid, signal)
    await new Promise((resolve) => setTimeout(resolve, LONGEST_DEATH_MS))
  }
  return exitCodeOf(signal)
}
