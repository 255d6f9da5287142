/** A conflating queue: holds only the newest news of each subject, so a slow reader does not make it grow. */
export interface Inbox<K, V> {
  /** Adds news at the end, and drops older news of the same subject. */
  put(subject: K, news: V): void
  /** Removes and returns the first news, or waits for it. Throws an `AbortError` once the inbox is closed. */
  take(): Promise<V>
  close(): void
}

export function createInbox<K, V>(): Inbox<K, V> {
  const waiting = new Map<K, V>()
  let isClosed = false
  let wake = () => {}
  return {
    put(subject, news) {
      waiting.delete(subject)
      waiting.set(subject, news)
      wake()
    },
    async take() {
      while (!isClosed) {
        const [oldest] = waiting
        if (oldest) {
          waiting.delete(oldest[0])
          return oldest[1]
        }
        const { promise, resolve } = Promise.withResolvers<void>()
        wake = resolve
        await promise
      }
      throw new DOMException('nobody reads any more', 'AbortError')
    },
    close() {
      isClosed = true
      wake()
    },
  }
}
