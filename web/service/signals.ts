import type { Outputs } from '../live/answers.ts'

export type HeartbeatSeen = Outputs['heartbeats']['heartbeats'][number]

/** What a signal told besides its kind. The list of heartbeats shows everything that it carried. */
export interface Told {
  message: string | null
  output: string | null
  exitCode: number | null
  runId: string | null
}

export function toldBy({ details }: HeartbeatSeen): Told {
  const fields = details !== null && typeof details === 'object' && !Array.isArray(details) ? details : {}
  const text = (name: 'message' | 'output' | 'runId') => (typeof fields[name] === 'string' ? fields[name] : null)
  return {
    message: text('message'),
    output: text('output'),
    exitCode: typeof fields.exitCode === 'number' ? fields.exitCode : null,
    runId: text('runId'),
  }
}

/** All signals but plain heartbeats, newest first. A start is left out if the end of its run is there too. */
export function signalsOf(newestFirst: readonly HeartbeatSeen[]): HeartbeatSeen[] {
  // How many ends of each run still wait for their start.
  const ends = new Map<string | null, number>()
  return newestFirst.filter((signal) => {
    const { runId } = toldBy(signal)
    const waiting = ends.get(runId) ?? 0
    if (signal.kind === 'success' || signal.kind === 'fail') ends.set(runId, waiting + 1)
    if (signal.kind !== 'start') return signal.kind !== 'heartbeat'
    ends.set(runId, Math.max(0, waiting - 1))
    return waiting === 0
  })
}

const verdicts = new Set(['success', 'fail', 'heartbeat', 'attention'])

/** The failure that is a service's newest verdict, if it is one. */
export function newestFailure(newestFirst: readonly HeartbeatSeen[]): HeartbeatSeen | null {
  const newest = newestFirst.find(({ kind }) => verdicts.has(kind))
  return newest?.kind === 'fail' ? newest : null
}
