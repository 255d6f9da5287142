import { startBeating } from './heartbeat.ts'
import type { HeartbeatOptions } from './options.ts'
import { type AnyFunction, keepShape } from './shape.ts'

/**
 * Makes an async function beat while it runs: once at its start and once every `periodSeconds` (300 by default), until
 * it returns, throws, or `signal` is aborted. `this`, arguments, result and errors stay what they are.
 *
 * @example
 * await heartbeatForAsync('my-bot')(main)()
 *
 * class Bot { @heartbeatForAsync('my-bot', { periodSeconds: 60 }) async run() {} }
 */
export function heartbeatForAsync(serviceKey: string, options: HeartbeatOptions = {}) {
  return <F extends AnyFunction<Promise<unknown>>>(fn: F, _context?: unknown): F =>
    keepShape(
      fn,
      'heartbeatForAsync',
      async (self, args) => await runWithHeartbeat(() => fn.apply(self, args), serviceKey, options),
    )
}

/**
 * Beats until a promise is settled, or while a function runs; its result or its error is passed on.
 *
 * @example
 * const report = await runWithHeartbeat(() => makeReport(), 'report')
 */
export async function runWithHeartbeat<T>(
  promiseOrFunction: PromiseLike<T> | (() => PromiseLike<T> | T),
  serviceKey: string,
  options: HeartbeatOptions = {},
): Promise<T> {
  const stop = startBeating(serviceKey, options)
  try {
    return await (typeof promiseOrFunction === 'function' ? promiseOrFunction() : promiseOrFunction)
  } finally {
    stop()
  }
}
