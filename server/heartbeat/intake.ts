import { type Batch, createBatch } from './batch.ts'
import { createRecorder, type RecorderDeps } from './record.ts'
import type { Signal } from './signal.ts'

/** Signals in one batch. In a larger one, the first caller would wait longer for the last. */
const LARGEST_BATCH = 500
const LONGEST_QUEUE = 10_000
/** Characters of details and metadata. Writing them takes several times as much of a heap of 256 MB. */
const HEAVIEST_BATCH = 2 * 2 ** 20
const HEAVIEST_QUEUE = 16 * 2 ** 20

/** The intake takes in all heartbeats: a queue with limits (back-pressure), from which they are written in batches. */
export function createIntake(deps: RecorderDeps): Batch<Signal> {
  return createBatch(measured(deps), {
    largest: LARGEST_BATCH,
    queue: LONGEST_QUEUE,
    weight: { of: weightOf, largest: HEAVIEST_BATCH, queue: HEAVIEST_QUEUE },
  })
}

const weightOf = ({ details, metadata }: Signal): number => (details?.length ?? 0) + (metadata?.length ?? 0)

/** Adds metrics to each write: which signals were stored, and how long it took. */
function measured({ metrics, ...deps }: RecorderDeps): (signals: Signal[]) => Promise<void> {
  const record = createRecorder({ metrics, ...deps })
  return async (signals) => {
    const begun = performance.now()
    try {
      await record(signals)
      metrics.stored(signals.filter(({ storedAs }) => storedAs !== undefined).map(({ kind }) => kind))
    } finally {
      metrics.batchWritten(signals.length, (performance.now() - begun) / 1000)
    }
  }
}
