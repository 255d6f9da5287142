/** Where the monitor is, and with which key. */
export interface ClientOptions {
  /** Where the monitor is; by default `SERVICE_REGISTRY_URL`, else `http://127.0.0.1:8765`. */
  url?: string
  /** A key of the monitor; by default `SERVICE_REGISTRY_KEY`, else none. */
  key?: string
}

/** What all functions that send heartbeats take. */
export interface HeartbeatOptions extends ClientOptions {
  /** Anything you want to remember with a heartbeat, at most 10,000 bytes as JSON; of heartbeats sent together the newest counts. */
  metadata?: Record<string, unknown>
  /** The longest a single request may take, in milliseconds; 10,000 by default. */
  timeoutMs?: number
  /** Seconds from one heartbeat to the next, where there are several; 300 by default, 0.1 at least. */
  periodSeconds?: number
  /** Ends the heartbeats, also one under way. */
  signal?: AbortSignal
  /** Hears of every failed try, beside the one line that the console gets. */
  onError?: (error: Error) => void
}

/** The longest that a timer can run; anything longer would ring at once. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1

export function periodMsOf({ periodSeconds = 300 }: HeartbeatOptions): number {
  return within(periodSeconds * 1000, 100, 300_000)
}

export function timeoutMsOf({ timeoutMs = 10_000 }: HeartbeatOptions): number {
  return within(timeoutMs, 1, 10_000)
}

const within = (ms: number, least: number, otherwise: number) =>
  ms > 0 ? Math.min(Math.max(ms, least), LONGEST_TIMER_MS) : otherwise

/** A variable of the environment, where there is one; a browser has none. */
export function env(name: 'SERVICE_REGISTRY_URL' | 'SERVICE_REGISTRY_KEY'): string | undefined {
  return typeof process === 'undefined' ? undefined : process.env?.[name]
}
