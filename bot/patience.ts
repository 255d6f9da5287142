import { createClient } from '../client/index.ts'
import type { BotContext } from './context.ts'
import type { Registry } from './registry.ts'

/** Within five seconds there is an answer, if only a sentence about what is wrong. */
const PATIENCE_MS = 4_000

/**
 * Clients of the monitor that wait so long for all that a command asks of it. It begins when the command's turn has
 * come; but if the monitor has kept silent to the one before, the command has waited as long already.
 */
export function createPatience({ url, key = '' }: Registry) {
  const silentAt = new Map<number, number>()

  return ({ chatId = 0, askedAt }: Pick<BotContext, 'chatId' | 'askedAt'>) => {
    const isUsedUp = (silentAt.get(chatId) ?? Number.NEGATIVE_INFINITY) >= askedAt
    const patience = AbortSignal.timeout(isUsedUp ? 0 : PATIENCE_MS)
    return createClient({
      url,
      key,
      async fetch(input, init) {
        try {
          const answer = await fetch(input, {
            ...init,
            signal: AbortSignal.any([patience, ...(init?.signal ? [init.signal] : [])]),
          })
          silentAt.delete(chatId)
          return answer
        } catch (error) {
          if (patience.aborted) silentAt.set(chatId, performance.now())
          throw error
        }
      },
    })
  }
}
