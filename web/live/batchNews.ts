interface Gathering<T> {
  /** How long news waits for company. */
  whileMs: number
  /** News is newer than an answer that is still on its way, and would be overwritten by it. */
  isReady(): boolean
  take(news: ReadonlyMap<string, T>): void
}

/** Hands on what has come in a while, of each subject only the newest. */
export function gather<T>({ whileMs, isReady, take }: Gathering<T>): (subject: string, news: T) => void {
  let waiting = new Map<string, T>()
  return (subject, news) => {
    if (waiting.size === 0) setTimeout(handOn, whileMs)
    waiting.set(subject, news)
  }

  function handOn(): void {
    if (!isReady()) {
      setTimeout(handOn, whileMs)
      return
    }
    const news = waiting
    waiting = new Map()
    take(news)
  }
}
