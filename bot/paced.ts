import { autoRetry } from '@grammyjs/auto-retry'
import { apiThrottler } from '@grammyjs/transformer-throttler'
import { Api } from 'grammy'

interface Client {
  apiRoot?: string | undefined
  timeoutSeconds: number
}

/** Longer than the longest regular wait: a group takes 20 messages a minute. */
const LONGEST_TURN_MS = 75_000

export class NoTurnError extends Error {
  override name = 'NoTurnError'
}

/**
 * Calls Telegram at the pace that it allows: a message a second to a chat, 20 a minute to a group, 30 a second. A call
 * whose turn does not come is given up before it has begun: the throttler reckons in wall-clock time, and after the
 * clock was set back its turns are far in the future.
 */
export function createPacedCalls(token: string, client: Client, longestTurnMs = LONGEST_TURN_MS) {
  const begun = new WeakMap<object, () => void>()
  let api = create()

  function create(): Api {
    const fresh = createApi(token, client)
    // What is installed last is called first: so a retry, too, waits for its turn in the throttler.
    fresh.config.use(
      (prev, method, payload, signal) => {
        if (signal) begun.get(signal)?.()
        return prev(method, payload, signal)
      },
      apiThrottler(),
      autoRetry({
        maxRetryAttempts: 1,
        maxDelaySeconds: 5,
        rethrowInternalServerErrors: true,
        rethrowHttpErrors: true,
      }),
    )
    return fresh
  }

  return async <T>(call: (api: Api, signal: AbortSignal) => Promise<T>): Promise<T> => {
    const { promise: noTurn, reject } = Promise.withResolvers<never>()
    const controller = new AbortController()
    const timer = setTimeout(() => {
      controller.abort()
      api = create()
      reject(new NoTurnError('its turn did not come'))
    }, longestTurnMs)
    begun.set(controller.signal, () => clearTimeout(timer))
    return Promise.race([call(api, controller.signal), noTurn]).finally(() => clearTimeout(timer))
  }
}

export const createApi = (token: string, client: Client) => new Api(token, { ...client, fetch: fetchOfNode })

/**
 * grammY's own fetch never gives up connecting, so that its time limit cannot tell a firewall that swallows everything
 * from a lost answer, and it keeps connections until they are dead; Node's does neither, and knows the proxy settings.
 */
function fetchOfNode(url: string, init: RequestInit): Promise<Response> {
  // grammY's signal is not Node's, which takes no other.
  const controller = new AbortController()
  if (init.signal?.aborted) controller.abort()
  init.signal?.addEventListener('abort', () => controller.abort(), { once: true })
  return fetch(url, { ...init, redirect: 'error', signal: controller.signal })
}
