import { setTimeout as pause } from 'node:timers/promises'
import type { Troubles } from './onceLog.ts'

export interface Insisting {
  troubles: Pick<Troubles, 'begin'>
  signal: AbortSignal
  firstRetryMs?: number | undefined
  onFailed?: (error: unknown) => void
  /** How often it has failed already. */
  failures?: () => number
}

const LONGEST_RETRY_MS = 60_000

/** Tries until it works or is to stop; rejects only if it is to stop. */
export async function insist<T>(options: Insisting, attempt: () => Promise<T>): Promise<T> {
  const { troubles, signal, firstRetryMs = 1_000, onFailed } = options
  for (let failures = options.failures?.() ?? 0; ; failures++) {
    signal.throwIfAborted()
    try {
      return await attempt()
    } catch (error) {
      signal.throwIfAborted()
      troubles.begin(error)
      onFailed?.(error)
      await pause(Math.min(firstRetryMs * 2 ** failures, LONGEST_RETRY_MS), undefined, { signal })
    }
  }
}
