import type { HeartbeatKind } from '../../db/schema.ts'

/** What says to which run a signal belongs; `at` in epoch milliseconds. */
export interface RunSignal {
  at: number
  kind: HeartbeatKind
  /** `null`: the client named no run. */
  runId: string | null
}

export const isEnd = ({ kind }: Pick<RunSignal, 'kind'>) => kind === 'success' || kind === 'fail'

/**
 * Finds the start of each end: the nearest one before it that has the same run id, or that has none either, and that no
 * other end belongs to. An end without a start is left out. Runs may overlap, and other signals may lie within them.
 */
export function startsOfEnds<T extends RunSignal>(newestFirst: readonly T[]): Map<T, T> {
  const open = new Map<string | null, T[]>()
  const starts = new Map<T, T>()
  for (const signal of newestFirst.toReversed()) {
    if (signal.kind === 'start') {
      const others = open.get(signal.runId)
      if (others) others.push(signal)
      else open.set(signal.runId, [signal])
    } else if (isEnd(signal)) {
      const start = open.get(signal.runId)?.pop()
      if (start) starts.set(signal, start)
    }
  }
  return starts
}
