import type { BotLog } from './log.ts'
import { explainTrouble } from './telegramTrouble.ts'

/** Says in the log what keeps the bot from hearing anything: once, however often it happens, and once that it is over. */
export interface Troubles {
  begin: (error: unknown) => void
  /** `said` is what is well now; it is said if anything else was before. */
  end: (said: string) => void
}

export function createTroubles(log: BotLog, tidy: (text: string) => string): Troubles {
  let last: string | null = null
  const say = (level: 'info' | 'warn', said: string) => {
    if (said !== last) log[level](said)
    last = said
  }
  return { begin: (error) => say('warn', tidy(explainTrouble(error))), end: (said) => say('info', said) }
}
