import { setImmediate as breath } from 'node:timers/promises'

/** A few milliseconds' worth. */
const SLICE = 1_000

/** Works out something of each of many rows, and lets whoever else asks be heard in between. */
export async function mapInSlices<Row, Result>(rows: readonly Row[], of: (row: Row) => Result): Promise<Result[]> {
  const results: Result[] = []
  for (let from = 0; from < rows.length; from += SLICE) {
    if (from > 0) await breath()
    for (const row of rows.slice(from, from + SLICE)) results.push(of(row))
  }
  return results
}
