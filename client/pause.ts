import { LONGEST_TIMER_MS } from './options.ts'

export interface PauseOptions {
  /** Those whose abort ends the pause. */
  signals?: (AbortSignal | undefined)[]
  /** What happens to the pause when the program has nothing else left to do. */
  atExit: 'forgotten' | 'ends' | 'holds'
}

/** Waits; true when the time is up, false when the pause ended sooner. */
export function pause(ms: number, { signals = [], atExit }: PauseOptions): Promise<boolean> {
  if (signals.some((signal) => signal?.aborted)) return Promise.resolve(false)
  return new Promise((resolve) => {
    const end = (isUp: boolean) => {
      clearTimeout(timer)
      for (const signal of signals) signal?.removeEventListener('abort', give)
      forgetExit(give)
      resolve(isUp)
    }
    const give = () => end(false)
    const timer = setTimeout(end, Math.min(ms, LONGEST_TIMER_MS), true)
    if (atExit !== 'holds') letExit(timer)
    for (const signal of signals) signal?.addEventListener('abort', give)
    if (atExit === 'ends') onExit(give)
  })
}

/** Lets the process end while a timer runs; a browser's timer is a number and needs no leave. */
export function letExit(timer: unknown): void {
  if (typeof timer === 'object') (timer as { unref?: () => void }).unref?.()
}

const waiting = new Set<() => void>()
const giveAll = () => {
  for (const give of [...waiting]) give()
}

/**
 * Calls back when the program has nothing else left to do. Whoever awaits us at the top level of a module would
 * otherwise be cut off there, and Node would exit with 13.
 */
export function onExit(give: () => void): void {
  if (typeof process === 'undefined' || typeof process.on !== 'function') return
  if (waiting.size === 0) process.on('beforeExit', giveAll)
  waiting.add(give)
}

export function forgetExit(give: () => void): void {
  if (waiting.delete(give) && waiting.size === 0) process.off('beforeExit', giveAll)
}
