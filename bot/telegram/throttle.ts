import { autoRetry } from '@grammyjs/auto-retry'
import { apiThrottler } from '@grammyjs/transformer-throttler'
import type { Transformer } from 'grammy'

/** Longer than the longest regular wait: a group takes 20 messages a minute. */
const LONGEST_WAIT_MS = 75_000

export class ThrottledError extends Error {
  override name = 'ThrottledError'
}

type ThrottlerOptions = NonNullable<Parameters<typeof apiThrottler>[0]>

interface ThrottleOptions {
  longestWaitMs?: number | undefined
  /** How long Telegram's wish to be left alone is heeded at once, and how often. */
  maxDelaySeconds: number
  maxRetryAttempts: number
  /** The pace in a private chat, if it may be another than a message a second. */
  out?: ThrottlerOptions['out']
  /** The pace in a group, if it may be another than 20 messages a minute. */
  group?: ThrottlerOptions['group']
}

/** Transformers that keep to Telegram's pace, to be installed together: a repetition, too, waits for its turn. */
export function throttle({ longestWaitMs = LONGEST_WAIT_MS, out, group, ...retry }: ThrottleOptions): Transformer[] {
  return [
    withWaitLimit(() => apiThrottler({ ...(out ? { out } : {}), ...(group ? { group } : {}) }), longestWaitMs),
    autoRetry({ ...retry, rethrowInternalServerErrors: true, rethrowHttpErrors: true }),
  ]
}

/**
 * Gives a call up whose turn does not come, before it has begun: the throttler reckons in wall-clock time, and after the
 * clock was set back its turns are far in the future.
 */
function withWaitLimit(createThrottler: () => Transformer, longestWaitMs: number): Transformer {
  let throttler = createThrottler()
  return async (prev, method, payload, signal) => {
    const { promise: noTurn, reject } = Promise.withResolvers<never>()
    let isGivenUp = false
    const timer = setTimeout(() => {
      isGivenUp = true
      throttler = createThrottler()
      reject(new ThrottledError('its turn did not come'))
    }, longestWaitMs)
    const begin: typeof prev = (...call) => {
      clearTimeout(timer)
      return isGivenUp ? noTurn : prev(...call)
    }
    return Promise.race([throttler(begin, method, payload, signal), noTurn]).finally(() => clearTimeout(timer))
  }
}
