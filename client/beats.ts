import { copyOf, deliver, report } from './deliver.ts'
import { toDeliveryError } from './failure.ts'
import { type Line, lineOf } from './line.ts'
import { type HeartbeatOptions, timeoutMsOf } from './options.ts'
import type { SleepOptions } from './sleep.ts'

/** A caller that wants a heartbeat sent, until one of these signals is aborted. */
export interface Caller {
  /** Ends retries; an attempt under way may finish. */
  stop?: AbortSignal
  /** Ends everything at once. */
  abort?: AbortSignal
}

interface Beat {
  input: { serviceKey: string; metadata?: Record<string, unknown> }
  onError: HeartbeatOptions['onError']
  callers: Set<Caller>
  stop: AbortController
  abort: AbortController
  /** Aborted at the end, which removes our listeners from the callers' signals. */
  settled: AbortController
  outcome: Promise<boolean>
}

/** The queue of a service on a line: one heartbeat at most waits, and one is in flight. */
interface Lane {
  /** Not sent yet, or between two attempts. */
  waiting?: Beat
  inFlight?: Beat
}

const lanes = new WeakMap<Line, Map<string, Lane>>()

export interface BeatRequest {
  serviceKey: string
  options: HeartbeatOptions
  caller: Caller
  retryForMs: number
  atExit: SleepOptions['atExit']
}

/**
 * Sends a heartbeat. Calls for the same service are coalesced: while one heartbeat waits to be sent, further callers join
 * it and share its outcome, and it carries the newest metadata.
 */
export function sendBeat({ serviceKey, options, caller, retryForMs, atExit }: BeatRequest): Promise<boolean> {
  if (isOver(caller)) return Promise.resolve(false)
  const line = lineOf(options)
  const { onError } = options
  let input: Beat['input']
  try {
    input = copyOf({ serviceKey, metadata: options.metadata })
  } catch (error) {
    report(line, { serviceKey, what: nameOf(serviceKey), onError }, toDeliveryError(error))
    return Promise.resolve(false)
  }

  const lane = laneOf(line, serviceKey)
  if (lane.waiting) {
    Object.assign(lane.waiting, { input, onError })
    join(lane.waiting, caller)
    return lane.waiting.outcome
  }
  const beat: Beat = {
    input,
    onError,
    callers: new Set(),
    stop: new AbortController(),
    abort: new AbortController(),
    settled: new AbortController(),
    outcome: Promise.resolve(false),
  }
  join(beat, caller)
  lane.waiting = beat
  beat.outcome = settle(line, lane, beat, { timeoutMs: timeoutMsOf(options), retryForMs, atExit })
  return beat.outcome
}

const isOver = ({ stop, abort }: Caller) => Boolean(stop?.aborted || abort?.aborted)

// A program without types may pass a key that is no text. The monitor's answer then says so.
const nameOf = (serviceKey: string) => `the heartbeat of "${String(serviceKey)}"`

function laneOf(line: Line, serviceKey: string): Lane {
  const ofLine = lanes.get(line) ?? new Map<string, Lane>()
  lanes.set(line, ofLine)
  const lane = ofLine.get(serviceKey) ?? {}
  ofLine.set(serviceKey, lane)
  return lane
}

/** Adds a caller. The beat ends early only when the signals of all its callers say so. */
function join(beat: Beat, caller: Caller): void {
  if (beat.callers.has(caller)) return
  beat.callers.add(caller)
  const look = () => {
    const callers = [...beat.callers]
    if (callers.every(isOver)) beat.stop.abort()
    if (callers.every(({ abort }) => abort?.aborted)) beat.abort.abort()
  }
  for (const signal of [caller.stop, caller.abort]) {
    signal?.addEventListener('abort', look, { signal: beat.settled.signal })
  }
}

async function settle(
  line: Line,
  lane: Lane,
  beat: Beat,
  { timeoutMs, retryForMs, atExit }: { timeoutMs: number; retryForMs: number; atExit: SleepOptions['atExit'] },
): Promise<boolean> {
  const { serviceKey } = beat.input
  // This also lets all who call in the same tick join.
  await lane.inFlight?.outcome
  const received = await deliver(line, {
    serviceKey,
    what: nameOf(serviceKey),
    send: (api, signal) => {
      lane.waiting = undefined
      lane.inFlight = beat
      return api.heartbeat.mutate(beat.input, { signal })
    },
    onFailed: () => {
      lane.inFlight = undefined
      // A newer one that waits is sent in its place.
      if (lane.waiting) beat.stop.abort()
      else lane.waiting = beat
    },
    retryForMs,
    timeoutMs,
    stop: beat.stop.signal,
    abort: beat.abort.signal,
    atExit,
    onError: (error) => beat.onError?.(error),
  })
  if (lane.waiting === beat) lane.waiting = undefined
  if (lane.inFlight === beat) lane.inFlight = undefined
  if (!lane.waiting && !lane.inFlight) lanes.get(line)?.delete(serviceKey)
  beat.settled.abort()
  return received !== undefined
}
