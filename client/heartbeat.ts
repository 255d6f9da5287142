import { type Caller, sendBeat } from './beats.ts'
import { type HeartbeatOptions, periodMsOf } from './options.ts'
import { forgetExit, onExit, pause } from './pause.ts'

/** For how long a single heartbeat is repeated. */
const SINGLE_WITHIN_MS = 60_000

const ANYONE: Caller = {}
const callers = new WeakMap<AbortSignal, Caller>()

/**
 * Sends one heartbeat; true once it is stored. A lost one is repeated for a minute, and then it is false: it never
 * rejects. Of one service at most one heartbeat waits at a time, so a call that comes meanwhile shares its outcome.
 * Where the program has nothing else left to do, repetitions end and it is false at once.
 *
 * @example
 * await heartbeat('nightly-backup', { metadata: { files: 1_024 } })
 */
export function heartbeat(serviceKey: string, options: HeartbeatOptions = {}): Promise<boolean> {
  const caller = callerOf(options.signal)
  return sendBeat({ serviceKey, options, caller, withinMs: SINGLE_WITHIN_MS, atExit: 'ends' })
}

function callerOf(signal: AbortSignal | undefined): Caller {
  if (!signal) return ANYONE
  const known = callers.get(signal)
  if (known) return known
  const caller = { cut: signal }
  callers.set(signal, caller)
  return caller
}

/**
 * Sends one heartbeat now and one every `periodSeconds` (300 by default), until `signal` is aborted; resolves then, and
 * never rejects. It does not keep the program alive: it also resolves when nothing else is left to do.
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
      forgetExit(atExit)
      stop()
      resolve()
    }
    // The program may go on after all, so the beating does.
    const atExit = () => {
      forgetExit(atExit)
      resolve()
    }
    if (signal?.aborted) return end()
    signal?.addEventListener('abort', end)
    onExit(atExit)
  })
}

/** Beats now and every period, until it is stopped; a request that is then under way may finish. */
export function startBeating(serviceKey: string, options: HeartbeatOptions): () => void {
  const run = new AbortController()
  void beatUntil(run.signal, serviceKey, options)
  return () => run.abort()
}

async function beatUntil(stop: AbortSignal, serviceKey: string, options: HeartbeatOptions): Promise<void> {
  const periodMs = periodMsOf(options)
  const { signal } = options
  const caller: Caller = { stop, cut: signal }
  do {
    // Given up before the next, so that the next has all its time.
    void sendBeat({ serviceKey, options, caller, withinMs: periodMs * 0.9, atExit: 'forgotten' })
  } while (await pause(periodMs, { signals: [stop, signal], atExit: 'forgotten' }))
}
