import { CallerError, isDatabaseAway } from '../errors.ts'

interface Waiting<T> {
  item: T
  resolve: () => void
  reject: (error: unknown) => void
}

/** Items that arrive while a write is under way share the next one; each caller is answered after its own commit. */
export interface Batch<T> {
  add(item: T): Promise<void>
  /** When the oldest item came that is not stored yet; `null` if there is none. */
  oldestAt(): number | null
}

export interface BatchOptions {
  /** How many items one write takes at most. */
  largest: number
  /** How many may wait; further ones are refused. */
  queue: number
}

export function createBatch<T extends { at: number }>(
  write: (items: T[]) => Promise<void>,
  options: BatchOptions,
): Batch<T> {
  const waiting: Waiting<T>[] = []
  let writing = false
  let current: Waiting<T>[] = []

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      current = waiting.splice(0, options.largest)
      const away = await settle(current, write)
      if (away === null) continue
      // Each write of its own would wait as long again, only to be told the same.
      for (const { reject } of waiting.splice(0)) reject(away)
    }
    current = []
    writing = false
  }

  return {
    oldestAt: () => (current[0] ?? waiting[0])?.item.at ?? null,
    add(item) {
      if (waiting.length >= options.queue) {
        return Promise.reject(
          new CallerError(
            'SERVICE_UNAVAILABLE',
            'too many heartbeats are waiting to be stored; try again, repeating is harmless',
          ),
        )
      }
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      waiting.push({ item, resolve, reject })
      if (!writing) {
        writing = true
        // Not a wait: whatever has already arrived in this turn of the event loop comes along.
        setImmediate(writeAll)
      }
      return promise
    },
  }
}

/**
 * Writes a batch; one item that the database refuses is found by halving, so that it fails alone.
 *
 * @returns the error if the database was away
 */
async function settle<T>(batch: Waiting<T>[], write: (items: T[]) => Promise<void>): Promise<unknown> {
  try {
    await write(batch.map(({ item }) => item))
    for (const { resolve } of batch) resolve()
    return null
  } catch (error) {
    if (batch.length === 1 || isDatabaseAway(error) || error instanceof CallerError) {
      for (const { reject } of batch) reject(error)
      return isDatabaseAway(error) ? error : null
    }
    const middle = batch.length >> 1
    const away = await settle(batch.slice(0, middle), write)
    return (await settle(batch.slice(middle), write)) ?? away
  }
}
