/** Lets those who wait go on one by one, in the order in which they came, with a turn of the event loop between. */
export function createPacer(): () => Promise<void> {
  const waiting: (() => void)[] = []

  function letOneGoOn(): void {
    waiting.shift()?.()
    if (waiting.length > 0) setImmediate(letOneGoOn)
  }

  return () =>
    new Promise((resolve) => {
      waiting.push(resolve)
      if (waiting.length === 1) setImmediate(letOneGoOn)
    })
}

/**
 * Reads one after another. Whoever asks for the same while it waits to be read shares that read, so that each sees the
 * data as they are when it asks, or later.
 */
export function createSharedReads<K extends string, T>(read: (key: K) => Promise<T>): (key: K) => Promise<T> {
  const waiting = new Map<K, Promise<T>>()
  const pace = createPacer()
  let last: Promise<unknown> = Promise.resolve()

  return (key) => {
    const shared = waiting.get(key)
    if (shared) return shared
    const result = last.then(pace).then(() => {
      waiting.delete(key)
      return read(key)
    })
    waiting.set(key, result)
    last = result.catch(() => {})
    return result
  }
}
