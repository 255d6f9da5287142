import { LONGEST_TIMER_MS } from './options.ts'

export interface SleepOptions {
  /** Signals that end the sleep when one of them is aborted. */
  signals?: (AbortSignal | undefined)[]
  /**
   * When nothing else is left to do: 'forgotten' lets the program end, 'ends' ends the sleep, 'holds' keeps the
   * program.
   */
  atExit: 'forgotten' | 'ends' | 'holds'
}

/** Sleeps. Resolves to true when the time is up, to false if the sleep ended sooner. */
export function sleep(ms: number, { signals = [], atExit }: SleepOptions): Promise<boolean> {
  if (signals.some((signal) => signal?.aborted)) return Promise.resolve(false)
  return new Promise((resolve) => {
    const end = (isUp: boolean) => {
      clearTimeout(timer)
      for (const signal of signals) signal?.removeEventListener('abort', endEarly)
      offBeforeExit(endEarly)
      resolve(isUp)
    }
    const endEarly = () => end(false)
    const timer = setTimeout(end, Math.min(ms, LONGEST_TIMER_MS), true)
    if (atExit !== 'holds') unref(timer)
    for (const signal of signals) signal?.addEventListener('abort', endEarly)
    if (atExit === 'ends') onBeforeExit(endEarly)
  })
}

/** Lets the process end while a timer runs. A browser's timer is a number, and never keeps anything running. */
export function unref(timer: unknown): void {
  if (typeof timer === 'object') (timer as { unref?: () => void }).unref?.()
}

const listeners = new Set<() => void>()
const callAll = () => {
  for (const listener of [...listeners]) listener()
}

/**
 * Calls back when the program has nothing else left to do. A module that awaits one of our promises at its top level would
 * otherwise never go on, and Node would exit with code 13.
 */
export function onBeforeExit(listener: () => void): void {
  if (typeof process === 'undefined' || typeof process.on !== 'function') return
  if (listeners.size === 0) process.on('beforeExit', callAll)
  listeners.add(listener)
}

export function offBeforeExit(listener: () => void): void {
  if (listeners.delete(listener) && listeners.size === 0) process.off('beforeExit', callAll)
}
