import { setTimeout as sleep } from 'node:timers/promises'
import { AskError } from './http.ts'

/** Tries again after each of the delays, spread a little, while it may help and nobody has called it off. */
export async function retry<T>(
  attempt: () => Promise<T>,
  delaysMs: readonly number[],
  signal: AbortSignal,
): Promise<T> {
  for (const delayMs of delaysMs) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof AskError && error.isPassing) || signal.aborted) throw error
      const spreadMs = delayMs * (0.75 + Math.random() / 2)
      await sleep(Math.max(spreadMs, error.retryAfterMs), undefined, { signal }).catch(() => {
        throw error
      })
    }
  }
  return attempt()
}
