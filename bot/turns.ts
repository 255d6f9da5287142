import type { NextFunction } from 'grammy'
import type { BotContext } from './context.ts'

/**
 * What somebody asks last is what counts, so in a chat each change waits for those before it. What only reads waits for
 * the changes before it, but for no other question: a slow answer holds up none.
 */
export function createTurns(onlyReads: (ctx: BotContext) => boolean) {
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
