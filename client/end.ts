import { lineOf } from './line.ts'
import type { HeartbeatOptions } from './options.ts'
import { unref } from './sleep.ts'

/** Signals that ask a program to stop, if it handles them. Otherwise they end it at once. */
const STOPPING = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGBREAK', 'SIGUSR1', 'SIGUSR2']
/** How long a program may take to stop. One that still runs then was not asked to. */
const LONGEST_STOP_MS = 30_000

let handlesSignals: boolean | undefined

/**
 * Notes from now on whether the program handles signals, also with handlers that are gone when its function ends. A
 * handler of our own could not do that: it would keep a program without handlers from being stopped.
 */
export function noteSignalHandlers(): void {
  if (handlesSignals !== undefined || typeof process === 'undefined' || typeof process.on !== 'function') return
  handlesSignals = STOPPING.some((signal) => process.listenerCount(signal) > 0)
  process.on('newListener', (event) => {
    if (STOPPING.includes(String(event))) handlesSignals = true
  })
}

/** Ends that may be due to a signal, by service. */
const doubtful = new Set<string>()

/**
 * Says once for each service that a wrapped function has ended by itself: a wrapper is for what runs for ever, so the
 * monitor takes the silence that follows for a fault. Where a signal may have ended it, it is said only if the program
 * still runs half a minute later. Never throws.
 */
export function tellEnd(serviceKey: string, options: HeartbeatOptions): void {
  if (!handlesSignals) tellNow(serviceKey, options)
  if (!handlesSignals || doubtful.has(serviceKey)) return
  doubtful.add(serviceKey)
  const tell = () => {
    doubtful.delete(serviceKey)
    tellNow(serviceKey, options)
  }
  unref(setTimeout(tell, LONGEST_STOP_MS))
}

/** The same for a function that blocked its thread: no handler of a signal could run meanwhile. */
export function tellBlockingEnd(serviceKey: string, options: HeartbeatOptions, result: unknown): void {
  const isAsync = result instanceof Promise
  tellNow(
    serviceKey,
    options,
    isAsync ? 'for an async function use heartbeatForAsync(), or job() if it ends' : undefined,
  )
}

function tellNow(serviceKey: string, options: HeartbeatOptions, hint = 'for a function with an end use job()'): void {
  try {
    if (!options.signal?.aborted) lineOf(options).reporter.ended(serviceKey, hint)
  } catch {
    // The options or the console are broken. That must not harm the program that is monitored.
  }
}
