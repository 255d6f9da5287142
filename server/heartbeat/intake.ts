import { type Batch, createBatch } from './batch.ts'
import { createRecorder, type RecorderDeps } from './record.ts'
import type { Signal } from './signal.ts'

/** Larger batches would make the first caller wait for the last. */
const LARGEST_BATCH = 500
const LONGEST_QUEUE = 10_000
/** Of what heartbeats bring along. Written down anew it takes several times as much, of a heap of 256 MB. */
const HEAVIEST_BATCH = 2 * 2 ** 20
const HEAVIEST_QUEUE = 16 * 2 ** 20

/** Where all heartbeats enter: they wait in one queue, within bounds, and are written together. */
export function createIntake(deps: RecorderDeps): Batch<Signal> {
  return createBatch(measured(deps), {
    largest: LARGEST_BATCH,
    queue: LONGEST_QUEUE,
    weight: { of: weightOf, largest: HEAVIEST_BATCH, queue: HEAVIEST_QUEUE },
  })
}

/** In characters. */
const weightOf = ({ details, metadata }: Signal): number => (details?.length ?? 0) + (metadata?.length ?? 0)

/** Counts what is written and how long it takes. */
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
