import { type Caller, sendBeat } from './beats.ts'
import { type HeartbeatOptions, periodMsOf } from './options.ts'
import { offBeforeExit, onBeforeExit, sleep } from './sleep.ts'

/** How long a single heartbeat is retried. */
const RETRY_FOR_MS = 60_000

const ANYONE: Caller = {}
const callers = new WeakMap<AbortSignal, Caller>()

/**
 * Sends one heartbeat, and retries for up to a minute. Resolves to `true` once it is stored, else to `false`; it never
 * rejects. While a heartbeat of a service waits to be sent, further calls for that service join it and share its outcome.
 * It does not keep the program running: when nothing else is left to do, it stops retrying and resolves to `false`.
 *
 * @example
 * await heartbeat('nightly-backup', { metadata: { files: 1_024 } })
 */
export function heartbeat(serviceKey: string, options: HeartbeatOptions = {}): Promise<boolean> {
  const caller = callerOf(options.signal)
  return sendBeat({ serviceKey, options, caller, retryForMs: RETRY_FOR_MS, atExit: 'ends' })
}

function callerOf(signal: AbortSignal | undefined): Caller {
  if (!signal) return ANYONE
  const known = callers.get(signal)
  if (known) return known
  const caller = { abort: signal }
  callers.set(signal, caller)
  return caller
}

/**
 * Sends a heartbeat now and one every `periodSeconds` (300 by default) until `signal` is aborted. Resolves then, and never
 * rejects. It does not keep the program running: it also resolves when nothing else is left to do.
 *
 * @example
 * const stop = new AbortController()
 * void aheartbeat('my-bot', { periodSeconds: 60, signal: stop.signal })
 */
export function aheartbeat(serviceKey: string, options: HeartbeatOptions = {}): Promise<void> {
  const stop = startBeating(serviceKey, options)
  return new Promise((resolve) => {
    const { signal } = options
    const end = () => {
      signal?.removeEventListener('abort', end)
      offBeforeExit(atExit)
      stop()
      resolve()
    }
    // The program may find more to do after all, so the heartbeats go on.
    const atExit = () => {
      offBeforeExit(atExit)
      resolve()
    }
    if (signal?.aborted) return end()
    signal?.addEventListener('abort', end)
    onBeforeExit(atExit)
  })
}

/** Sends a heartbeat now and every period. @returns how to stop; a request that is then under way may finish */
export function startBeating(serviceKey: string, options: HeartbeatOptions): () => void {
  const run = new AbortController()
  void beatUntil(run.signal, serviceKey, options)
  return () => run.abort()
}

async function beatUntil(stop: AbortSignal, serviceKey: string, options: HeartbeatOptions): Promise<void> {
  const periodMs = periodMsOf(options)
  const { signal } = options
  const caller: Caller = { stop, abort: signal }
  do {
    // Retries end before the next heartbeat is due, so that it has all its time.
    void sendBeat({ serviceKey, options, caller, retryForMs: periodMs * 0.9, atExit: 'forgotten' })
  } while (await sleep(periodMs, { signals: [stop, signal], atExit: 'forgotten' }))
}
