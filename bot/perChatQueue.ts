import type { NextFunction } from 'grammy'
import type { BotContext } from './context.ts'

/**
 * Serialises changes per chat: each waits for those before it, so that the last one asked is the one that counts.
 * Commands that only read wait for the changes before them, but not for each other: a slow answer holds up no other.
 */
export function createPerChatQueue(onlyReads: (ctx: BotContext) => boolean) {
  const lastChanges = new Map<number, Promise<unknown>>()

  return async (ctx: BotContext, next: NextFunction): Promise<void> => {
    const { chatId = 0 } = ctx
    const before = lastChanges.get(chatId)
    ctx.askedAt = performance.now()
    if (onlyReads(ctx)) {
      await before
      return next()
    }
    const change = before ? before.then(next) : next()
    const settled = change.catch(() => {})
    lastChanges.set(chatId, settled)
    await settled
    if (lastChanges.get(chatId) === settled) lastChanges.delete(chatId)
    return change
  }
}
