import type { Feed, Listener } from './feed.ts'
import { createInbox, type Inbox } from './inbox.ts'

/**
 * Subscribes to the feed through an inbox. It does so at once, so that nothing is missed before the first event, and
 * unsubscribes when the signal aborts because the client is gone.
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
