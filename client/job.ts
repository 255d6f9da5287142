import { type Line, lineOf } from './line.ts'
import { type HeartbeatOptions, timeoutMsOf } from './options.ts'
import { letExit } from './pause.ts'
import { type Signal, sendSignal } from './signals.ts'

const RETRIED_WITHIN_MS = 60_000
/** What the monitor keeps. */
const MESSAGE_LIMIT = 2_000
const OUTPUT_LIMIT = 10_000

/**
 * Runs a function as a job: tells the monitor of its start, and then of its success or its failure with the duration
 * and the error. Passes on what the function returns, and throws what it throws. The function does not wait for the
 * monitor; afterwards the last signal is waited for, at most `timeoutMs`, and hardly at all if the monitor is known to
 * be away. Of the options `url`, `key`, `timeoutMs` and `onError` count.
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

/** Of each service the newest ending that is still to be delivered; a newer one ends the repetitions of an older. */
const endings = new WeakMap<Line, Map<string, AbortController>>()

function startRun(serviceKey: string, options: HeartbeatOptions): (ending: Ending) => Promise<void> {
  const line = lineOf(options)
  const runId = randomId()
  const from = performance.now()
  const ended = new AbortController()
  const started = sendSignal(line, {
    signal: { serviceKey, kind: 'start', runId },
    options,
    withinMs: RETRIED_WITHIN_MS,
    stop: ended.signal,
    atExit: 'forgotten',
  })

  return async (ending) => {
    const signal: Signal = { serviceKey, runId, durationMs: Math.max(0, performance.now() - from), ...ending }
    ended.abort()
    // A start that came after its end would look like a run that never ends.
    const delivered = started.then(() => sendEnding(line, signal, options))
    await atMost(patienceOf(line, options), delivered)
  }
}

/** Resolves when the ending is stored, or when it is no longer worth waiting for. */
async function sendEnding(line: Line, signal: Signal, options: HeartbeatOptions): Promise<void> {
  const newest = endings.get(line) ?? new Map<string, AbortController>()
  endings.set(line, newest)
  newest.get(signal.serviceKey)?.abort()
  const superseded = new AbortController()
  newest.set(signal.serviceKey, superseded)

  const request = { signal, options, stop: superseded.signal }
  const patienceMs = patienceOf(line, options)
  if (patienceMs > 0 && (await sendSignal(line, { ...request, withinMs: patienceMs * 0.9, atExit: 'holds' }))) return
  if (superseded.signal.aborted) return
  void sendSignal(line, { ...request, withinMs: RETRIED_WITHIN_MS, atExit: 'forgotten' })
}

/** A monitor that is known to be away must not slow the program down, job after job. */
function patienceOf(line: Line, options: HeartbeatOptions): number {
  const timeoutMs = timeoutMsOf(options)
  if (line.isResting()) return 0
  return line.troubles.isAway() ? Math.min(1_000, timeoutMs) : timeoutMs
}

async function atMost(ms: number, promise: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
    letExit(timer)
  })
  await Promise.race([promise, late])
  clearTimeout(timer)
}

/** Only secure pages have `randomUUID`. */
function randomId(): string {
  return globalThis.crypto?.randomUUID?.() ?? `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`
}

function described(error: unknown): Pick<Signal, 'message' | 'output'> {
  try {
    if (!(error instanceof Error)) return { message: String(error).slice(0, MESSAGE_LIMIT) }
    return {
      message: `${error.name}: ${error.message}`.slice(0, MESSAGE_LIMIT),
      output: String(error.stack ?? '').slice(0, OUTPUT_LIMIT),
    }
  } catch {
    return { message: 'it failed with an error that cannot be shown as text' }
  }
}
