import type { TRPCConnectionState } from '@trpc/client/unstable-internals'

interface Handlers<T> {
  onData(data: T): void
  onConnectionStateChange(state: TRPCConnectionState<unknown>): void
  onError(error: unknown): void
}

type Subscribe<T> = (handlers: Handlers<T>) => { unsubscribe(): void }

export interface StreamEvents<T> {
  onData(data: T): void
  onOpen(): void
  /** Called when the connection is lost. It is retried until the stream is closed. */
  onLost(): void
}

const FIRST_BACKOFF_MS = 500
const LONGEST_BACKOFF_MS = 5_000

/** A subscription that reconnects. The browser does so by itself, but not after an answer that was an error. */
export function keepOpen<T>(subscribe: Subscribe<T>, { onData, onOpen, onLost }: StreamEvents<T>): () => void {
  let backoffMs = FIRST_BACKOFF_MS
  let timer: ReturnType<typeof setTimeout> | undefined
  let subscription = open()

  function open() {
    return subscribe({
      onData,
      onConnectionStateChange({ state, error }) {
        if (state === 'pending') {
          backoffMs = FIRST_BACKOFF_MS
          onOpen()
        } else if (error) onLost()
      },
      onError() {
        onLost()
        timer = setTimeout(() => {
          subscription = open()
        }, backoffMs)
        backoffMs = Math.min(2 * backoffMs, LONGEST_BACKOFF_MS)
      },
    })
  }

  return () => {
    clearTimeout(timer)
    subscription.unsubscribe()
  }
}
