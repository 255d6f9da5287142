import { roughly } from './time.ts'

/** How long a run may take: what was learned, what is declared, and the limit that follows where neither is known. */
export interface RunLimits {
  usualMs: number | null
  maxMs: number | null
  limitMs?: number | null
}

/** Says how long a run may take: `usually 12 min, at most 1 h`, `expected within 5 min`; empty if nothing is known of it. */
export function runLimitWords({ usualMs, maxMs, limitMs = null }: RunLimits): string {
  if (usualMs === null && maxMs === null) return limitMs === null ? '' : `expected within ${roughly(limitMs)}`
  return [usualMs !== null && `usually ${roughly(usualMs)}`, maxMs !== null && `at most ${roughly(maxMs)}`]
    .filter(Boolean)
    .join(', ')
}

/** `started 02:30, has not ended (usually 12 min)`. The start is a readable time. */
export const openRunWords = (startedAt: string, limit: string): string =>
  `started ${startedAt}, has not ended${limit && ` (${limit})`}`

/** Of what is over: `its run started 02:30 and did not end in time (at most 5 s)`. */
export const lateRunWords = (startedAt: string, limit: string): string =>
  `its run started ${startedAt} and did not end in time${limit && ` (${limit})`}`
