import { noteSignalHandlers, tellEnd } from './end.ts'
import { startBeating } from './heartbeat.ts'
import type { HeartbeatOptions } from './options.ts'
import { type AnyFunction, keepShape } from './shape.ts'

/**
 * Wraps an async function that is to run for ever, so that it sends heartbeats while it runs: one at its start and one every
 * `periodSeconds` (300 by default), until it returns, throws, or `signal` is aborted. When it returns, the console has one
 * line: for a function with an end there is `job`. It is also a standard decorator of methods. `this`,
 * arguments, result and errors pass through. Throws a `TypeError` if it is given anything but a function.
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
 * Sends heartbeats until a promise is settled, or while a function runs: one now and one every `periodSeconds` (300 by
 * default). Resolves or rejects as the promise or the function does. It is for what runs for ever: when it ends without an
 * error or an abort of `signal`, the console has one line, since for a function with an end there is `job`.
 *
 * @example
 * await runWithHeartbeat(() => bot.start(), 'my-bot')
 */
export async function runWithHeartbeat<T>(
  promiseOrFunction: PromiseLike<T> | (() => PromiseLike<T> | T),
  serviceKey: string,
  options: HeartbeatOptions = {},
): Promise<T> {
  noteSignalHandlers()
  const stop = startBeating(serviceKey, options)
  try {
    const result = await (typeof promiseOrFunction === 'function' ? promiseOrFunction() : promiseOrFunction)
    tellEnd(serviceKey, options)
    return result
  } finally {
    stop()
  }
}
