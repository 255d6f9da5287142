interface Batching<T> {
  /** How long news is collected. */
  delayMs: number
  /** Whether news may be handed on. An answer that is still on its way is older, and would overwrite it. */
  isReady(): boolean
  take(news: ReadonlyMap<string, T>): void
}

/** Hands news on in batches, with only the newest of each subject (coalescing). */
export function batchNews<T>({ delayMs, isReady, take }: Batching<T>): (subject: string, news: T) => void {
  let waiting = new Map<string, T>()
  return (subject, news) => {
    if (waiting.size === 0) setTimeout(handOn, delayMs)
    waiting.set(subject, news)
  }

  function handOn(): void {
    if (!isReady()) {
      setTimeout(handOn, delayMs)
      return
    }
    const news = waiting
    waiting = new Map()
    take(news)
  }
}
