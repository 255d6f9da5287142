import { copyOf, deliver, tell } from './deliver.ts'
import { failureOf } from './failure.ts'
import { type Line, lineOf } from './line.ts'
import { type HeartbeatOptions, timeoutMsOf } from './options.ts'
import type { PauseOptions } from './pause.ts'

/** Somebody who wants a heartbeat sent, as long as neither is aborted. */
export interface Caller {
  /** No more repetitions. */
  stop?: AbortSignal
  /** Nothing more, at once. */
  cut?: AbortSignal
}

interface Beat {
  input: { serviceKey: string; metadata?: Record<string, unknown> }
  onError: HeartbeatOptions['onError']
  callers: Set<Caller>
  stop: AbortController
  cut: AbortController
  /** Aborted when all is over, so that nobody's signal remembers us. */
  settled: AbortController
  outcome: Promise<boolean>
}

interface Lane {
  /** Has not left yet, or is between two tries. */
  waiting?: Beat
  flying?: Beat
}

const lanes = new WeakMap<Line, Map<string, Lane>>()

export interface BeatRequest {
  serviceKey: string
  options: HeartbeatOptions
  caller: Caller
  withinMs: number
  atExit: PauseOptions['atExit']
}

/**
 * Sends a heartbeat. Of each service at most one is under way and one waits: who asks meanwhile joins the waiting one,
 * which then carries the newest metadata, and shares its outcome.
 */
export function sendBeat({ serviceKey, options, caller, withinMs, atExit }: BeatRequest): Promise<boolean> {
  if (isOver(caller)) return Promise.resolve(false)
  const line = lineOf(options)
  const { onError } = options
  let input: Beat['input']
  try {
    input = copyOf({ serviceKey, metadata: options.metadata })
  } catch (error) {
    tell(line, { serviceKey, what: nameOf(serviceKey), onError }, failureOf(error))
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
    cut: new AbortController(),
    settled: new AbortController(),
    outcome: Promise.resolve(false),
  }
  join(beat, caller)
  lane.waiting = beat
  beat.outcome = settle(line, lane, beat, { timeoutMs: timeoutMsOf(options), withinMs, atExit })
  return beat.outcome
}

const isOver = ({ stop, cut }: Caller) => Boolean(stop?.aborted || cut?.aborted)

// A key that is no text comes from a program without types, and gets the monitor's sentence about it.
const nameOf = (serviceKey: string) => `the heartbeat of "${String(serviceKey)}"`

function laneOf(line: Line, serviceKey: string): Lane {
  const ofLine = lanes.get(line) ?? new Map<string, Lane>()
  lanes.set(line, ofLine)
  const lane = ofLine.get(serviceKey) ?? {}
  ofLine.set(serviceKey, lane)
  return lane
}

/** The beat ends early only when all who wanted it have gone. */
function join(beat: Beat, caller: Caller): void {
  if (beat.callers.has(caller)) return
  beat.callers.add(caller)
  const look = () => {
    const callers = [...beat.callers]
    if (callers.every(isOver)) beat.stop.abort()
    if (callers.every(({ cut }) => cut?.aborted)) beat.cut.abort()
  }
  for (const signal of [caller.stop, caller.cut]) {
    signal?.addEventListener('abort', look, { signal: beat.settled.signal })
  }
}

async function settle(
  line: Line,
  lane: Lane,
  beat: Beat,
  { timeoutMs, withinMs, atExit }: { timeoutMs: number; withinMs: number; atExit: PauseOptions['atExit'] },
): Promise<boolean> {
  const { serviceKey } = beat.input
  // Also lets all who call in this moment join.
  await lane.flying?.outcome
  const received = await deliver(line, {
    serviceKey,
    what: nameOf(serviceKey),
    send: (api, signal) => {
      lane.waiting = undefined
      lane.flying = beat
      return api.heartbeat.mutate(beat.input, { signal })
    },
    onFailed: () => {
      lane.flying = undefined
      // A newer one goes in its place.
      if (lane.waiting) beat.stop.abort()
      else lane.waiting = beat
    },
    withinMs,
    timeoutMs,
    stop: beat.stop.signal,
    cut: beat.cut.signal,
    atExit,
    onError: (error) => beat.onError?.(error),
  })
  if (lane.waiting === beat) lane.waiting = undefined
  if (lane.flying === beat) lane.flying = undefined
  if (!lane.waiting && !lane.flying) lanes.get(line)?.delete(serviceKey)
  beat.settled.abort()
  return received !== undefined
}
