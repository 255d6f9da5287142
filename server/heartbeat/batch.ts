import { CallerError, isDatabaseAway, stopping } from '../errors.ts'

interface Waiting<T> {
  item: T
  resolve: () => void
  reject: (error: unknown) => void
}

const UNWEIGHED = { of: () => 0, largest: 1, queue: 1 }

/** A batching queue with back-pressure. Items that arrive during a write share the next. Each waits for its commit. */
export interface Batch<T> {
  add(item: T): Promise<void>
  /** When the oldest item was received that is not stored yet; `null` if there is none. */
  oldestAt(): number | null
  /** Rejects what waits or comes later; its callers try again. Items being written may be stored all the same. */
  refuseAll(): void
}

export interface BatchOptions<T> {
  /** How many items one write takes at most. */
  largest: number
  /** How many items may wait. Further ones are rejected. */
  queue: number
  /** The same limits by weight: a few large items fill the memory, too. One item always passes. */
  weight?: { of: (item: T) => number; largest: number; queue: number }
}

export function createBatch<T extends { at: number }>(
  write: (items: T[]) => Promise<void>,
  { largest, queue, weight = UNWEIGHED }: BatchOptions<T>,
): Batch<T> {
  const waiting: Waiting<T>[] = []
  let writing = false
  let current: Waiting<T>[] = []
  let waitingWeight = 0
  let isClosed = false

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      current = takeBatch()
      const away = await writeOrHalve(current, write)
      if (away === null) continue
      // The database is away. The next writes would wait as long, only to fail in the same way.
      refuseWaiting(away)
    }
    current = []
    writing = false
  }

  function refuseWaiting(reason: unknown): void {
    waitingWeight = 0
    for (const { reject } of waiting.splice(0)) reject(reason)
  }

  function takeBatch(): Waiting<T>[] {
    let count = 0
    let batchWeight = 0
    for (const { item } of waiting) {
      const itemWeight = weight.of(item)
      if (count > 0 && (count === largest || batchWeight + itemWeight > weight.largest)) break
      count += 1
      batchWeight += itemWeight
    }
    waitingWeight -= batchWeight
    return waiting.splice(0, count)
  }

  return {
    oldestAt: () => (current[0] ?? waiting[0])?.item.at ?? null,
    refuseAll() {
      isClosed = true
      for (const { reject } of current) reject(stopping())
      refuseWaiting(stopping())
    },
    add(item) {
      if (isClosed) return Promise.reject(stopping())
      const itemWeight = weight.of(item)
      if (waiting.length >= queue || (waiting.length > 0 && waitingWeight + itemWeight > weight.queue)) {
        return Promise.reject(
          new CallerError(
            'overloaded',
            'too many heartbeats are waiting to be stored; try again, repeating is harmless',
          ),
        )
      }
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      waiting.push({ item, resolve, reject })
      waitingWeight += itemWeight
      if (!writing) {
        writing = true
        // This does not delay the write: items that arrive in the same turn of the event loop join it.
        setImmediate(writeAll)
      }
      return promise
    },
  }
}

/**
 * Writes a batch. If the database refuses it, its halves are written separately, and so on: a bad item fails alone.
 *
 * @returns the error if the database was away
 */
async function writeOrHalve<T>(batch: Waiting<T>[], write: (items: T[]) => Promise<void>): Promise<unknown> {
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
    const away = await writeOrHalve(batch.slice(0, middle), write)
    return (await writeOrHalve(batch.slice(middle), write)) ?? away
  }
}
