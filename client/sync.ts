import { sendBeat } from './beats.ts'
import { copyOf, tell } from './deliver.ts'
import { DeliveryError } from './failure.ts'
import { lineOf } from './line.ts'
import { type HeartbeatOptions, periodMsOf, timeoutMsOf } from './options.ts'
import { type AnyFunction, keepShape } from './shape.ts'
import { hasThreads, loadThreads, startInThread } from './thread.ts'
import { claim } from './worker.ts'

/**
 * Makes a sync function beat while it runs: once at its start and once every `periodSeconds` (300 by default), until it
 * returns or throws, from a worker thread, so that a busy loop does not stop it. Where there are no worker threads, as
 * in browsers, one heartbeat leaves as soon as the function lets it. `this`, arguments, result and errors stay what
 * they are.
 *
 * @example
 * heartbeatForSync('number-cruncher', { periodSeconds: 60 })(main)()
 *
 * class Cruncher { @heartbeatForSync('number-cruncher') run() {} }
 */
export function heartbeatForSync(serviceKey: string, options: HeartbeatOptions = {}) {
  void loadThreads()
  return <F extends AnyFunction>(fn: F, _context?: unknown): F =>
    keepShape(fn, 'heartbeatForSync', (self, args) => {
      const stop = startBlocked(serviceKey, options)
      try {
        return fn.apply(self, args)
      } finally {
        stop()
      }
    })
}

/** Beats while the thread that calls it is blocked. */
function startBlocked(serviceKey: string, options: HeartbeatOptions): () => void {
  const { signal } = options
  if (signal?.aborted) return () => {}
  const line = lineOf(options)
  const told = { serviceKey, what: `the heartbeat of "${String(serviceKey)}"`, onError: options.onError }
  const beatHere = () => {
    const withinMs = Math.min(periodMsOf(options) * 0.9, 60_000)
    void sendBeat({ serviceKey, options, caller: { cut: signal }, withinMs, atExit: 'forgotten' })
  }
  const body = bodyOf(serviceKey, options)
  if (body === null || !hasThreads()) return beatHere

  const state = new Int32Array(new SharedArrayBuffer(4))
  const take = () =>
    [claim.none, claim.failed].some((was) => Atomics.compareExchange(state, 0, was, claim.taken) === was)
  const run = startInThread({
    run: {
      url: `${line.endpoint.url}/trpc/heartbeat`,
      headers: { ...line.endpoint.headers, 'content-type': 'application/json' },
      body,
      periodMs: periodMsOf(options),
      timeoutMs: timeoutMsOf(options),
      claim: state,
    },
    onTry(tried) {
      if (tried.ok) line.troubles.ended(serviceKey)
      else tell(line, told, new DeliveryError(tried.message ?? '', tried))
    },
    onEnded() {
      if (!signal?.aborted && take()) beatHere()
    },
  })
  const stop = () => run?.stop()
  signal?.addEventListener('abort', stop)
  return () => {
    signal?.removeEventListener('abort', stop)
    stop()
    if (signal?.aborted) return
    if (take()) beatHere()
    else if (Atomics.load(state, 0) === claim.sending) run?.hold()
  }
}

function bodyOf(serviceKey: string, { metadata }: HeartbeatOptions): string | null {
  try {
    return JSON.stringify(copyOf({ serviceKey, metadata }))
  } catch {
    return null
  }
}
