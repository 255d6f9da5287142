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
  /** It is tried again, again and again, until the stream is closed. */
  onLost(): void
}

const SHORTEST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 5_000

/** A subscription that outlives its server. The browser reconnects by itself, but not after an answer that was an error. */
export function keepOpen<T>(subscribe: Subscribe<T>, { onData, onOpen, onLost }: StreamEvents<T>): () => void {
  let pauseMs = SHORTEST_PAUSE_MS
  let timer: ReturnType<typeof setTimeout> | undefined
  let subscription = open()

  function open() {
    return subscribe({
      onData,
      onConnectionStateChange({ state, error }) {
        if (state === 'pending') {
          pauseMs = SHORTEST_PAUSE_MS
          onOpen()
        } else if (error) onLost()
      },
      onError() {
        onLost()
        timer = setTimeout(() => {
          subscription = open()
        }, pauseMs)
        pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)
      },
    })
  }

  return () => {
    clearTimeout(timer)
    subscription.unsubscribe()
  }
}
