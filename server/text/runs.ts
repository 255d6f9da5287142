import { roughly } from './time.ts'

/** Says how long a run may take: `usually 12 min, at most 1 h`; empty if nothing is known of it. */
export const runLimitWords = ({ usualMs, maxMs }: { usualMs: number | null; maxMs: number | null }): string =>
  [usualMs !== null && `usually ${roughly(usualMs)}`, maxMs !== null && `at most ${roughly(maxMs)}`]
    .filter(Boolean)
    .join(', ')

/** `started 02:30, has not ended (usually 12 min)`. The start is a readable time. */
export const openRunWords = (startedAt: string, limit: string): string =>
  `started ${startedAt}, has not ended${limit && ` (${limit})`}`
