import { autoRetry } from '@grammyjs/auto-retry'
import { apiThrottler } from '@grammyjs/transformer-throttler'
import type { Transformer } from 'grammy'

/** Longer than the longest regular wait, which is a minute: Telegram takes 20 messages a minute in a group. */
const LONGEST_WAIT_MS = 75_000

/** The call waited too long in the throttle, and has not been sent. */
export class ThrottledError extends Error {
  override name = 'ThrottledError'
}

type ThrottlerOptions = NonNullable<Parameters<typeof apiThrottler>[0]>

interface ThrottleOptions {
  longestWaitMs?: number | undefined
  /** The longest `retry_after` that a call waits for; a longer one is an error at once. In seconds. */
  maxDelaySeconds: number
  maxRetryAttempts: number
  /** The rate in a private chat; one message a second by default. */
  out?: ThrottlerOptions['out']
  /** The rate in a group; 20 messages a minute by default. */
  group?: ThrottlerOptions['group']
}

/** Transformers that keep to Telegram's rate limits. They are installed together, so that retries are throttled too. */
export function throttle({ longestWaitMs = LONGEST_WAIT_MS, out, group, ...retry }: ThrottleOptions): Transformer[] {
  return [
    withWaitLimit(() => apiThrottler({ ...(out ? { out } : {}), ...(group ? { group } : {}) }), longestWaitMs),
    autoRetry({ ...retry, rethrowInternalServerErrors: true, rethrowHttpErrors: true }),
  ]
}

/**
 * Gives up a call that waits too long in the throttler, before it is sent. The throttler reckons in wall-clock time:
 * when the clock is set back, its turns are far in the future. A new throttler replaces it then.
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
