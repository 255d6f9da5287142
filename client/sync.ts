import { sendBeat } from './beats.ts'
import { copyOf, report } from './deliver.ts'
import { tellBlockingEnd } from './end.ts'
import { DeliveryError } from './failure.ts'
import { lineOf } from './line.ts'
import { type HeartbeatOptions, periodMsOf, timeoutMsOf } from './options.ts'
import { type AnyFunction, keepShape } from './shape.ts'
import { hasThreads, loadThreads, startInThread } from './thread.ts'
import { claim } from './worker.ts'

/**
 * Wraps a sync function that is to run for ever, so that it sends heartbeats while it runs: one at its start and one every
 * `periodSeconds` (300 by default), until it returns, throws, or `signal` is aborted. When it returns, the console has one
 * line: for a function with an end there is `job`. The heartbeats come from a worker thread, so a busy loop does not stop
 * them. Where there are no worker threads, as in browsers, one heartbeat is sent as soon as the function has ended. It is
 * also a standard decorator of methods. `this`, arguments, result and errors pass through. Throws a `TypeError` if it is
 * given anything but a function.
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
        const result = fn.apply(self, args)
        tellBlockingEnd(serviceKey, options, result)
        return result
      } finally {
        stop()
      }
    })
}

/** Sends heartbeats while the calling thread is blocked. @returns how to stop */
function startBlocked(serviceKey: string, options: HeartbeatOptions): () => void {
  const { signal } = options
  if (signal?.aborted) return () => {}
  const line = lineOf(options)
  const told = { serviceKey, what: `the heartbeat of "${String(serviceKey)}"`, onError: options.onError }
  const beatHere = () => {
    const retryForMs = Math.min(periodMsOf(options) * 0.9, 60_000)
    void sendBeat({ serviceKey, options, caller: { abort: signal }, retryForMs, atExit: 'forgotten' })
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
      if (tried.ok) line.reporter.succeeded(serviceKey)
      else report(line, told, new DeliveryError(tried.message ?? '', tried))
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
