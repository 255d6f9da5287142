import type { Outputs } from '../live/answers.ts'

export type HeartbeatSeen = Outputs['heartbeats']['heartbeats'][number]

/** What a signal told besides its kind; whatever else it carries is shown as it came. */
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

/** All but plain heartbeats, newest first, without the starts of runs whose end is there too. */
export function signalsOf(newestFirst: readonly HeartbeatSeen[]): HeartbeatSeen[] {
  const ended = new Set<string | null>()
  return newestFirst.filter((signal) => {
    const { runId } = toldBy(signal)
    if (signal.kind === 'success' || signal.kind === 'fail') ended.add(runId)
    return signal.kind === 'start' ? !ended.delete(runId) : signal.kind !== 'heartbeat'
  })
}
