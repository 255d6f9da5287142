import type { Client } from './client.ts'
import { copyOf, deliver, report } from './deliver.ts'
import { toDeliveryError } from './failure.ts'
import type { Line } from './line.ts'
import { type HeartbeatOptions, timeoutMsOf } from './options.ts'
import type { SleepOptions } from './sleep.ts'

export type Signal = Parameters<Client['signal']['mutate']>[0]

export interface SignalRequest {
  signal: Signal
  options: HeartbeatOptions
  retryForMs: number
  /** Ends retries. */
  stop?: AbortSignal
  atExit: SleepOptions['atExit']
}

/** Sends a signal of a run. Resolves to true once it is stored, else to false; never rejects. */
export async function sendSignal(
  line: Line,
  { signal, options, retryForMs, stop, atExit }: SignalRequest,
): Promise<boolean> {
  const { serviceKey, kind } = signal
  const told = { serviceKey, what: `the ${kind} of "${String(serviceKey)}"`, onError: options.onError }
  try {
    const input = copyOf(signal)
    const received = await deliver(line, {
      ...told,
      send: (api, limit) => api.signal.mutate(input, { signal: limit }),
      retryForMs,
      timeoutMs: timeoutMsOf(options),
      stop,
      atExit,
    })
    return received !== undefined
  } catch (error) {
    report(line, told, toDeliveryError(error))
    return false
  }
}
