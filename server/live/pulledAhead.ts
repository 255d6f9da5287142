/**
 * tRPC pulls an event ahead of its reader, and forgets it if the reader goes away. What then goes wrong with it is
 * nobody's concern, and no reason for Node to end the process.
 */
export function pulledAhead<T>(events: AsyncGenerator<T, void, void>): AsyncIterable<T, void, void> {
  const seen = (next: Promise<IteratorResult<T, void>>) => {
    next.catch(() => {})
    return next
  }
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => seen(events.next()),
      return: () => seen(events.return()),
    }),
  }
}
