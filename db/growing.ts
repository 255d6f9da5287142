const FIRST = 50

/**
 * Splits so many rows into slices, each as large as all before it. Whoever reads until something is full reads no more
 * than twice of what it needed, in few statements.
 */
export function* growing(total: number): Generator<{ from: number; count: number }> {
  for (let from = 0; from < total; ) {
    const count = Math.min(Math.max(from, FIRST), total - from)
    yield { from, count }
    from += count
  }
}
