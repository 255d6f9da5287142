import { harmless } from './words.ts'

const words = new Map([
  ['silence', 'silent'],
  ['fail', 'failed'],
  ['run', 'did not end'],
])

/**
 * Why a service is or was down, in few words, with a note of up to `limit`: `silent`, `failed`, `failed: disk full`,
 * `did not end (usually 12 min)`.
 */
export function whyDown({ reason, note }: { reason: string; note?: string | null | undefined }, limit: number): string {
  const said = limit > 0 ? harmless(note ?? '', limit) : ''
  const why = words.get(reason) ?? harmless(reason)
  if (said === '') return why
  return reason === 'run' ? `${why} (${said})` : `${why}: ${said}`
}
