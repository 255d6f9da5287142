import type { Client } from './client.ts'
import { copyOf, deliver, tell } from './deliver.ts'
import { failureOf } from './failure.ts'
import type { Line } from './line.ts'
import { type HeartbeatOptions, timeoutMsOf } from './options.ts'
import type { PauseOptions } from './pause.ts'

export type Signal = Parameters<Client['signal']['mutate']>[0]

export interface SignalRequest {
  signal: Signal
  options: HeartbeatOptions
  withinMs: number
  /** No more repetitions. */
  stop?: AbortSignal
  atExit: PauseOptions['atExit']
}

/** Sends a signal of a run; true once it is stored. Never rejects. */
export async function sendSignal(
  line: Line,
  { signal, options, withinMs, stop, atExit }: SignalRequest,
): Promise<boolean> {
  const { serviceKey, kind } = signal
  const told = { serviceKey, what: `the ${kind} of "${String(serviceKey)}"`, onError: options.onError }
  try {
    const input = copyOf(signal)
    const received = await deliver(line, {
      ...told,
      send: (api, limit) => api.signal.mutate(input, { signal: limit }),
      withinMs,
      timeoutMs: timeoutMsOf(options),
      stop,
      atExit,
    })
    return received !== undefined
  } catch (error) {
    tell(line, told, failureOf(error))
    return false
  }
}
