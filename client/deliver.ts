import type { Client } from './client.ts'
import { DeliveryError, toDeliveryError } from './failure.ts'
import type { Line } from './line.ts'
import { type SleepOptions, sleep, unref } from './sleep.ts'

export interface Task<T> {
  serviceKey: string
  /** What is delivered, for the log: `the heartbeat of "x"`. */
  what: string
  /** Called for every attempt. */
  send(api: Client, signal: AbortSignal): Promise<T>
  /** Called after a failed attempt that may be retried. */
  onFailed?: () => void
  /** How long failed attempts are retried. */
  retryForMs: number
  /** The timeout of one attempt. */
  timeoutMs: number
  /** Ends retries. An attempt under way may finish, and one that is due is made. */
  stop?: AbortSignal
  /** Ends everything at once. */
  abort?: AbortSignal
  atExit: SleepOptions['atExit']
  onError?: (error: Error) => void
}

/** Attempts a delivery until it succeeds, with backoff. Resolves to undefined if it does not; never rejects. */
export async function deliver<T>(line: Line, task: Task<T>): Promise<T | undefined> {
  const until = performance.now() + task.retryForMs
  while (!task.abort?.aborted) {
    const at = line.nextTryAt(until)
    if (at === null) return
    const waitMs = at - performance.now()
    if (waitMs > 0 && !(await sleep(waitMs, { signals: [task.stop, task.abort], atExit: task.atExit }))) return
    try {
      const result = await attempt(line, task)
      line.succeeded()
      line.reporter.succeeded(task.serviceKey)
      return result
    } catch (error) {
      if (task.abort?.aborted) return
      const failure = toDeliveryError(error)
      line.failed(failure)
      report(line, task, failure)
      if (failure.permanent) return
      task.onFailed?.()
      if (task.stop?.aborted || performance.now() >= until) return
    }
  }
}

async function attempt<T>(line: Line, { send, timeoutMs, abort }: Task<T>): Promise<T> {
  const limit = new AbortController()
  const end = () => limit.abort()
  abort?.addEventListener('abort', end)
  const timeout = startTimeout(timeoutMs)
  try {
    return await Promise.race([send(line.api, limit.signal), timeout.expired])
  } finally {
    timeout.clear()
    limit.abort()
    abort?.removeEventListener('abort', end)
  }
}

const TICKS = 10

/**
 * A timeout, counted in ticks. While the program blocks its event loop only one tick passes, so an answer that arrived
 * meanwhile can still be read.
 */
function startTimeout(timeoutMs: number): { expired: Promise<never>; clear(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined
  const expired = new Promise<never>((_, reject) => {
    const arm = (left: number) => {
      if (left === 0) return reject(new DeliveryError(`no answer within ${timeoutMs / 1000} s`))
      timer = setTimeout(arm, timeoutMs / TICKS, left - 1)
      unref(timer)
    }
    arm(TICKS)
  })
  return { expired, clear: () => clearTimeout(timer) }
}

/** Reports a failure: to the console if it is new, and to `onError`. */
export function report(
  { reporter }: Line,
  { serviceKey, what, onError }: Pick<Task<unknown>, 'serviceKey' | 'what' | 'onError'>,
  failure: DeliveryError,
): void {
  try {
    reporter.failed(failure, serviceKey, what)
    onError?.(failure)
  } catch {
    // `onError` threw. That must not harm the program that is monitored.
  }
}

/** A copy that JSON can hold. What it cannot hold would also fail the other calls in the same request. */
export function copyOf<T>(input: T): T {
  try {
    return JSON.parse(JSON.stringify(input))
  } catch (cause) {
    throw new DeliveryError(`it cannot be written as JSON: ${(cause as Error).message}`, { status: 400, cause })
  }
}
