/** What waits for one reader: of each subject only the newest, so a slow reader makes nothing grow. */
export interface Inbox<K, V> {
  put(subject: K, news: V): void
  /** The longest waiting, as soon as there is any. Throws an `AbortError` once the inbox is closed. */
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
