import { useSyncExternalStore } from 'react'

/** Listeners to changes outside of React, as `useSyncExternalStore` takes them. */
export interface Listeners {
  /** @returns how to unsubscribe */
  subscribe(listener: () => void): () => void
  notify(): void
}

/** Listeners that begin something with the first of them, and end it with the last. */
export function createListeners({ onFirst, onLast }: { onFirst?: () => void; onLast?: () => void } = {}): Listeners {
  const listeners = new Set<() => void>()
  return {
    subscribe(listener) {
      listeners.add(listener)
      if (listeners.size === 1) onFirst?.()
      return () => {
        if (listeners.delete(listener) && listeners.size === 0) onLast?.()
      }
    },
    notify() {
      for (const listener of listeners) listener()
    },
  }
}

/**
 * A value outside of React, such as the state of a connection. A component that reads it by `use` follows its changes.
 */
export function createStore<T>(value: T) {
  const { subscribe, notify } = createListeners()
  const get = () => value
  return {
    get,
    set(next: T): void {
      value = next
      notify()
    },
    use: (): T => useSyncExternalStore(subscribe, get),
  }
}
