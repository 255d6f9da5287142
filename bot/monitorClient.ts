import { createClient } from '../client/index.ts'
import type { BotContext } from './context.ts'
import type { MonitorAddress } from './monitorAddress.ts'

/** Whoever asks gets an answer within five seconds, if only a sentence about what is wrong. */
const TIMEOUT_MS = 4_000

/**
 * Makes a client of the monitor's API for each command. One timeout covers all calls of the command, and begins when
 * the command begins. A command that was queued behind one that timed out has waited as long already, so it fails at
 * once.
 */
export function createMonitorClients({ url, key = '' }: MonitorAddress) {
  const lastTimeoutAt = new Map<number, number>()

  return ({ chatId = 0, askedAt }: Pick<BotContext, 'chatId' | 'askedAt'>) => {
    const hasTimedOut = (lastTimeoutAt.get(chatId) ?? Number.NEGATIVE_INFINITY) >= askedAt
    const timeout = AbortSignal.timeout(hasTimedOut ? 0 : TIMEOUT_MS)
    return createClient({
      url,
      key,
      async fetch(input, init) {
        try {
          const response = await fetch(input, {
            ...init,
            signal: AbortSignal.any([timeout, ...(init?.signal ? [init.signal] : [])]),
          })
          lastTimeoutAt.delete(chatId)
          return response
        } catch (error) {
          if (timeout.aborted) lastTimeoutAt.set(chatId, performance.now())
          throw error
        }
      },
    })
  }
}
