import { setImmediate as yieldToEventLoop } from 'node:timers/promises'

/** How many rows are mapped at once: they take a few milliseconds. */
const SLICE = 1_000

/** Maps many rows, and yields to the event loop between slices, so that other requests do not wait for all of it. */
export async function mapInSlices<Row, Result>(rows: readonly Row[], of: (row: Row) => Result): Promise<Result[]> {
  const results: Result[] = []
  for (let from = 0; from < rows.length; from += SLICE) {
    if (from > 0) await yieldToEventLoop()
    for (const row of rows.slice(from, from + SLICE)) results.push(of(row))
  }
  return results
}
