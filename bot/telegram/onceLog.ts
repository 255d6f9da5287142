import { explainError } from './explain.ts'
import type { BotLog } from './log.ts'

/** A log without repetitions: it says once that no updates come, however often that fails, and once that they do. */
export interface OnceLog {
  failed: (error: unknown) => void
  /** `said` tells what works now. It is logged unless it was the last thing that was logged. */
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
