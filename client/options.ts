/** Where the monitor is, and the key to use. */
export interface ClientOptions {
  /** The address of the monitor; by default `SERVICE_REGISTRY_URL`, else `http://127.0.0.1:8765`. */
  url?: string
  /** A key of the monitor; by default `SERVICE_REGISTRY_KEY`, else none. */
  key?: string
}

/** The options of all functions that send heartbeats. */
export interface HeartbeatOptions extends ClientOptions {
  /**
   * An object that the monitor stores with the heartbeat, at most 10,000 bytes as JSON. If calls share one heartbeat,
   * it is the newest.
   */
  metadata?: Record<string, unknown>
  /** The timeout of a single request, in milliseconds; 10,000 by default. */
  timeoutMs?: number
  /** Seconds from one heartbeat to the next, if there are several; 300 by default, 0.1 at least. */
  periodSeconds?: number
  /** Ends the heartbeats when it is aborted, also a request under way. */
  signal?: AbortSignal
  /** Called after every failed attempt, with a `DeliveryError`. The console gets one line only. */
  onError?: (error: Error) => void
}

/** The longest time that `setTimeout` takes. It would fire at once for anything longer. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1

export function periodMsOf({ periodSeconds = 300 }: HeartbeatOptions): number {
  return within(periodSeconds * 1000, 100, 300_000)
}

export function timeoutMsOf({ timeoutMs = 10_000 }: HeartbeatOptions): number {
  return within(timeoutMs, 1, 10_000)
}

const within = (ms: number, least: number, otherwise: number) =>
  ms > 0 ? Math.min(Math.max(ms, least), LONGEST_TIMER_MS) : otherwise

/** A variable of the environment; undefined in a browser, which has none. */
export function env(name: 'SERVICE_REGISTRY_URL' | 'SERVICE_REGISTRY_KEY'): string | undefined {
  return typeof process === 'undefined' ? undefined : process.env?.[name]
}
