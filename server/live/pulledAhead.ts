/**
 * Keeps an unhandled rejection from ending the process. tRPC requests an event before the client reads it, and drops the
 * promise when the client disconnects. Whoever waits for the promise still gets its error.
 */
export function pulledAhead<T>(events: AsyncGenerator<T, void, void>): AsyncIterable<T, void, void> {
  const handled = (next: Promise<IteratorResult<T, void>>) => {
    next.catch(() => {})
    return next
  }
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => handled(events.next()),
      return: () => handled(events.return()),
    }),
  }
}
