import { explainError } from './explain.ts'
import type { BotLog } from './log.ts'

/** Says in the log what keeps the bot from hearing anything: once, however often it happens, and once that it is over. */
export interface OnceLog {
  failed: (error: unknown) => void
  /** `said` is what is well now; it is said if anything else was before. */
  works: (said: string) => void
}

export function createOnceLog(log: BotLog, redact: (text: string) => string): OnceLog {
  let last: string | null = null
  const say = (level: 'info' | 'warn', said: string) => {
    if (said !== last) log[level](said)
    last = said
  }
  return { failed: (error) => say('warn', redact(explainError(error))), works: (said) => say('info', said) }
}
