import { setTimeout as sleep } from 'node:timers/promises'
import type { OnceLog } from './onceLog.ts'

export interface RetryOptions {
  onceLog: Pick<OnceLog, 'failed'>
  signal: AbortSignal
  firstRetryMs?: number | undefined
  onFailed?: (error: unknown) => void
  /** How often it has failed before, where the caller counts over several calls. */
  failures?: () => number
}

const LONGEST_RETRY_MS = 60_000

/** Retries with exponential backoff until the attempt succeeds. It rejects only if `signal` is aborted. */
export async function retry<T>(options: RetryOptions, attempt: () => Promise<T>): Promise<T> {
  const { onceLog, signal, firstRetryMs = 1_000, onFailed } = options
  for (let failures = options.failures?.() ?? 0; ; failures++) {
    signal.throwIfAborted()
    try {
      return await attempt()
    } catch (error) {
      signal.throwIfAborted()
      onceLog.failed(error)
      onFailed?.(error)
      await sleep(Math.min(firstRetryMs * 2 ** failures, LONGEST_RETRY_MS), undefined, { signal })
    }
  }
}
