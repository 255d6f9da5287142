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
  const text = (name: string) => (typeof fields[name] === 'string' ? fields[name] : null)
  return {
    message: text('message'),
    output: text('output'),
    exitCode: typeof fields.exitCode === 'number' ? fields.exitCode : null,
    runId: text('runId'),
  }
}

/** All signals but plain heartbeats, newest first. A start is left out if the end of its run is there too. */
export function signalsOf(newestFirst: readonly HeartbeatSeen[]): HeartbeatSeen[] {
  const ended = new Set<string | null>()
  return newestFirst.filter((signal) => {
    const { runId } = toldBy(signal)
    if (signal.kind === 'success' || signal.kind === 'fail') ended.add(runId)
    return signal.kind === 'start' ? !ended.delete(runId) : signal.kind !== 'heartbeat'
  })
}
