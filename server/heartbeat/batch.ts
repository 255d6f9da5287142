import { CallerError, isDatabaseAway, stopping } from '../errors.ts'

interface Waiting<T> {
  item: T
  resolve: () => void
  reject: (error: unknown) => void
}

const UNWEIGHED = { of: () => 0, largest: 1, queue: 1 }

/** Items that arrive while a write is under way share the next one; each caller is answered after its own commit. */
export interface Batch<T> {
  add(item: T): Promise<void>
  /** When the oldest item came that is not stored yet; `null` if there is none. */
  oldestAt(): number | null
  /** Nobody is to wait any more: whoever does, or comes later, is told to try again. What is being written may be stored all the same. */
  refuseAll(): void
}

export interface BatchOptions<T> {
  /** How many items one write takes at most. */
  largest: number
  /** How many may wait; further ones are refused. */
  queue: number
  /** The same in bytes, since a few large items fill the memory as well as many small ones. One item always passes. */
  weight?: { of: (item: T) => number; largest: number; queue: number }
}

export function createBatch<T extends { at: number }>(
  write: (items: T[]) => Promise<void>,
  { largest, queue, weight = UNWEIGHED }: BatchOptions<T>,
): Batch<T> {
  const waiting: Waiting<T>[] = []
  let writing = false
  let current: Waiting<T>[] = []
  let waitingBytes = 0
  let isOver = false

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      current = takeBatch()
      const away = await settle(current, write)
      if (away === null) continue
      // Each write of its own would wait as long again, only to be told the same.
      refuseWaiting(away)
    }
    current = []
    writing = false
  }

  function refuseWaiting(reason: unknown): void {
    waitingBytes = 0
    for (const { reject } of waiting.splice(0)) reject(reason)
  }

  function takeBatch(): Waiting<T>[] {
    let count = 0
    let bytes = 0
    for (const { item } of waiting) {
      const itsBytes = weight.of(item)
      if (count > 0 && (count === largest || bytes + itsBytes > weight.largest)) break
      count += 1
      bytes += itsBytes
    }
    waitingBytes -= bytes
    return waiting.splice(0, count)
  }

  return {
    oldestAt: () => (current[0] ?? waiting[0])?.item.at ?? null,
    refuseAll() {
      isOver = true
      for (const { reject } of current) reject(stopping())
      refuseWaiting(stopping())
    },
    add(item) {
      if (isOver) return Promise.reject(stopping())
      const bytes = weight.of(item)
      if (waiting.length >= queue || (waiting.length > 0 && waitingBytes + bytes > weight.queue)) {
        return Promise.reject(
          new CallerError(
            'overloaded',
            'too many heartbeats are waiting to be stored; try again, repeating is harmless',
          ),
        )
      }
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      waiting.push({ item, resolve, reject })
      waitingBytes += bytes
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
