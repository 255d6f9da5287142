import type { Feed, Listener } from './feed.ts'
import { createInbox, type Inbox } from './inbox.ts'

/**
 * Joins the feed at once, so that nothing is missed between the question and the first event, and leaves it when the
 * signal says that nobody reads any more.
 */
export function listen<K, V>(
  feed: Feed,
  signal: AbortSignal | undefined,
  into: (inbox: Inbox<K, V>) => Omit<Listener, 'onEnd'>,
): Inbox<K, V> {
  const inbox = createInbox<K, V>()
  const leave = feed.join({ ...into(inbox), onEnd: inbox.close })
  const end = () => {
    leave()
    inbox.close()
  }
  if (signal?.aborted) end()
  signal?.addEventListener('abort', end)
  return { ...inbox, close: end }
}
