import { autoRetry } from '@grammyjs/auto-retry'
import { apiThrottler } from '@grammyjs/transformer-throttler'
import type { Transformer } from 'grammy'

/** Longer than the longest regular wait: a group takes 20 messages a minute. */
const LONGEST_TURN_MS = 75_000

export class NoTurnError extends Error {
  override name = 'NoTurnError'
}

type Paces = NonNullable<Parameters<typeof apiThrottler>[0]>

interface Pace {
  longestTurnMs?: number | undefined
  /** How long Telegram's wish to be left alone is heeded at once, and how often. */
  maxDelaySeconds: number
  maxRetryAttempts: number
  /** The pace in a private chat, if it may be another than a message a second. */
  out?: Paces['out']
  /** The pace in a group, if it may be another than 20 messages a minute. */
  group?: Paces['group']
}

/** Transformers that keep to Telegram's pace, to be installed together: a repetition, too, waits for its turn. */
export function atTelegramsPace({ longestTurnMs = LONGEST_TURN_MS, out, group, ...retry }: Pace): Transformer[] {
  return [
    inTurn(() => apiThrottler({ ...(out ? { out } : {}), ...(group ? { group } : {}) }), longestTurnMs),
    autoRetry({ ...retry, rethrowInternalServerErrors: true, rethrowHttpErrors: true }),
  ]
}

/**
 * Gives a call up whose turn does not come, before it has begun: the throttler reckons in wall-clock time, and after the
 * clock was set back its turns are far in the future.
 */
function inTurn(createThrottler: () => Transformer, longestTurnMs: number): Transformer {
  let throttler = createThrottler()
  return async (prev, method, payload, signal) => {
    const { promise: noTurn, reject } = Promise.withResolvers<never>()
    let isGivenUp = false
    const timer = setTimeout(() => {
      isGivenUp = true
      throttler = createThrottler()
      reject(new NoTurnError('its turn did not come'))
    }, longestTurnMs)
    const begin: typeof prev = (...call) => {
      clearTimeout(timer)
      return isGivenUp ? noTurn : prev(...call)
    }
    return Promise.race([throttler(begin, method, payload, signal), noTurn]).finally(() => clearTimeout(timer))
  }
}
