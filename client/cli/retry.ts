import { setTimeout as sleep } from 'node:timers/promises'
import { AskError } from './http.ts'

/** Retries transient failures, one after each of the delays, with jitter, until `signal` is aborted. */
export async function retry<T>(
  attempt: () => Promise<T>,
  delaysMs: readonly number[],
  signal: AbortSignal,
): Promise<T> {
  for (const delayMs of delaysMs) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof AskError && error.isTransient) || signal.aborted) throw error
      const jitteredMs = delayMs * (0.75 + Math.random() / 2)
      await sleep(Math.max(jitteredMs, error.retryAfterMs), undefined, { signal }).catch(() => {
        throw error
      })
    }
  }
  return attempt()
}
