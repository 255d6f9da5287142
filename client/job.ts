import { type Line, lineOf } from './line.ts'
import { type HeartbeatOptions, timeoutMsOf } from './options.ts'
import { type Signal, sendSignal } from './signals.ts'
import { unref } from './sleep.ts'

const RETRY_FOR_MS = 60_000
/** What the monitor keeps, in characters. */
const MESSAGE_LIMIT = 2_000
const OUTPUT_LIMIT = 10_000

/**
 * Runs a function as a job: tells the monitor when it starts, and whether it succeeded or failed, with its duration and
 * its error. Resolves to what the function returns, and rejects with what it throws; a monitor that is away is no error.
 *
 * The function starts without waiting for the monitor. When it has ended, `job` waits until the monitor is told, for
 * `timeoutMs` (10,000 ms by default) at most, and for one second at most if the monitor is known to be away. It takes the
 * options `url`, `key`, `timeoutMs` and `onError`.
 *
 * @example
 * await job('nightly-backup', async () => {
 *   await dump()
 *   await upload()
 * })
 */
export async function job<T>(
  serviceKey: string,
  fn: () => PromiseLike<T> | T,
  options: HeartbeatOptions = {},
): Promise<T> {
  const finish = startRun(serviceKey, options)
  let result: T
  try {
    result = await fn()
  } catch (error) {
    await finish({ kind: 'fail', ...described(error) })
    throw error
  }
  await finish({ kind: 'success' })
  return result
}

type Ending = Pick<Signal, 'message' | 'output'> & { kind: 'success' | 'fail' }

/** The newest ending of each service that is still to be delivered. A newer one stops the retries of the one before. */
const endings = new WeakMap<Line, Map<string, AbortController>>()

function startRun(serviceKey: string, options: HeartbeatOptions): (ending: Ending) => Promise<void> {
  const line = lineOf(options)
  const runId = randomId()
  const from = performance.now()
  const ended = new AbortController()
  const started = sendSignal(line, {
    signal: { serviceKey, kind: 'start', runId },
    options,
    retryForMs: RETRY_FOR_MS,
    stop: ended.signal,
    atExit: 'forgotten',
  })

  return async (ending) => {
    const signal: Signal = { serviceKey, runId, durationMs: Math.max(0, performance.now() - from), ...ending }
    ended.abort()
    // A start that arrived after its end would look like a run that never ends.
    const delivered = started.then(() => sendEnding(line, signal, options))
    await atMost(patienceOf(line, options), delivered)
  }
}

/** Sends an ending. Resolves when it is stored, or when it is retried in the background only. */
async function sendEnding(line: Line, signal: Signal, options: HeartbeatOptions): Promise<void> {
  const newest = endings.get(line) ?? new Map<string, AbortController>()
  endings.set(line, newest)
  newest.get(signal.serviceKey)?.abort()
  const superseded = new AbortController()
  newest.set(signal.serviceKey, superseded)

  const request = { signal, options, stop: superseded.signal }
  const patienceMs = patienceOf(line, options)
  if (patienceMs > 0 && (await sendSignal(line, { ...request, retryForMs: patienceMs * 0.9, atExit: 'holds' }))) return
  if (superseded.signal.aborted) return
  void sendSignal(line, { ...request, retryForMs: RETRY_FOR_MS, atExit: 'forgotten' })
}

/** How long to wait for the monitor. One that is known to be away must not slow the program down, job after job. */
function patienceOf(line: Line, options: HeartbeatOptions): number {
  const timeoutMs = timeoutMsOf(options)
  if (line.isBackingOff()) return 0
  return line.reporter.isAway() ? Math.min(1_000, timeoutMs) : timeoutMs
}

async function atMost(ms: number, promise: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
    unref(timer)
  })
  await Promise.race([promise, late])
  clearTimeout(timer)
}

/** A random id. In browsers only pages from https or localhost have `randomUUID`. */
function randomId(): string {
  return globalThis.crypto?.randomUUID?.() ?? `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`
}

function described(error: unknown): Pick<Signal, 'message' | 'output'> {
  try {
    if (!(error instanceof Error)) return { message: textOf(error).slice(0, MESSAGE_LIMIT) }
    return {
      message: withCause(error).slice(0, MESSAGE_LIMIT),
      output: String(error.stack ?? '').slice(0, OUTPUT_LIMIT),
    }
  } catch {
    return { message: 'it failed with an error that cannot be shown as text' }
  }
}

const named = ({ name, message }: Error) => (message === '' ? name : `${name}: ${message}`)

/** `Error: outer (Error: inner)`: what led to it is often all that tells. */
const withCause = (error: Error) =>
  error.cause === undefined || error.cause === null ? named(error) : `${named(error)} (${textOf(error.cause)})`

/** Anything that was thrown as text: an object as its JSON, rather than `[object Object]`. */
function textOf(thrown: unknown): string {
  if (thrown instanceof Error) return named(thrown)
  const text = String(thrown)
  const json = text.startsWith('[object ') ? JSON.stringify(thrown) : '{}'
  return json === '{}' ? text : json
}
