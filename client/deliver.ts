import type { Client } from './client.ts'
import { DeliveryError, failureOf } from './failure.ts'
import type { Line } from './line.ts'
import { letExit, type PauseOptions, pause } from './pause.ts'

export interface Task<T> {
  serviceKey: string
  /** In words, for the log: `the heartbeat of "x"`. */
  what: string
  /** Called anew for every try. */
  send(api: Client, signal: AbortSignal): Promise<T>
  /** Called after a try that may be repeated. */
  onFailed?: () => void
  /** For how long it is repeated. */
  withinMs: number
  timeoutMs: number
  /** No more repetitions; a try under way may finish, and one that is due is made. */
  stop?: AbortSignal
  /** Nothing more, at once. */
  cut?: AbortSignal
  atExit: PauseOptions['atExit']
  onError?: (error: Error) => void
}

/** Tries until it is delivered; undefined if it is not. Never rejects. */
export async function deliver<T>(line: Line, task: Task<T>): Promise<T | undefined> {
  const until = performance.now() + task.withinMs
  while (!task.cut?.aborted) {
    const at = line.nextTryAt(until)
    if (at === null) return
    const waitMs = at - performance.now()
    if (waitMs > 0 && !(await pause(waitMs, { signals: [task.stop, task.cut], atExit: task.atExit }))) return
    try {
      const result = await attempt(line, task)
      line.worked()
      line.troubles.ended(task.serviceKey)
      return result
    } catch (error) {
      if (task.cut?.aborted) return
      const failure = failureOf(error)
      line.failed(failure)
      tell(line, task, failure)
      if (failure.permanent) return
      task.onFailed?.()
      if (task.stop?.aborted || performance.now() >= until) return
    }
  }
}

async function attempt<T>(line: Line, { send, timeoutMs, cut }: Task<T>): Promise<T> {
  const limit = new AbortController()
  const end = () => limit.abort()
  cut?.addEventListener('abort', end)
  const late = alarm(timeoutMs)
  try {
    return await Promise.race([send(line.api, limit.signal), late.rings])
  } finally {
    late.disarm()
    limit.abort()
    cut?.removeEventListener('abort', end)
  }
}

const TICKS = 10

/**
 * Rejects when the time is up. It is counted in ticks, of which a program that is too busy to look misses all but one:
 * what answered meanwhile is still to be read.
 */
function alarm(timeoutMs: number): { rings: Promise<never>; disarm(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined
  const rings = new Promise<never>((_, reject) => {
    const arm = (left: number) => {
      if (left === 0) return reject(new DeliveryError(`no answer within ${timeoutMs / 1000} s`))
      timer = setTimeout(arm, timeoutMs / TICKS, left - 1)
      letExit(timer)
    }
    arm(TICKS)
  })
  return { rings, disarm: () => clearTimeout(timer) }
}

/** Says what failed: to the log if it is new, and to those who want to know. */
export function tell(
  { troubles }: Line,
  { serviceKey, what, onError }: Pick<Task<unknown>, 'serviceKey' | 'what' | 'onError'>,
  failure: DeliveryError,
): void {
  try {
    troubles.began(failure, serviceKey, what)
    onError?.(failure)
  } catch {
    // Theirs to throw, ours not to pass on: the program that we watch must not suffer from us.
  }
}

/** A copy that can be sent: what JSON cannot hold would fail every other heartbeat in the same request too. */
export function copyOf<T>(input: T): T {
  try {
    return JSON.parse(JSON.stringify(input))
  } catch (cause) {
    throw new DeliveryError(`it cannot be written as JSON: ${(cause as Error).message}`, { status: 400, cause })
  }
}
