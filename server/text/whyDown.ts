import { openRunWords } from './runs.ts'
import { harmless } from './words.ts'

const words = new Map([
  ['silence', 'silent'],
  ['fail', 'failed'],
])

interface WhyDown {
  reason: string
  /** What a failed job said, or how long a run may take. */
  note?: string | null | undefined
  /** When the run began that has not ended, as a readable time. */
  startedAt?: string | undefined
}

/**
 * Why a service is or was down, in few words, with a note of up to `limit`: `silent`, `failed`, `failed: disk full`,
 * `started 02:30, has not ended (usually 12 min)`.
 */
export function whyDown({ reason, note, startedAt }: WhyDown, limit: number): string {
  const said = limit > 0 ? harmless(note ?? '', limit) : ''
  if (reason === 'run') return startedAt === undefined ? 'did not end in time' : openRunWords(startedAt, said)
  return (words.get(reason) ?? harmless(reason)) + (said && `: ${said}`)
}
