import { harmless } from './words.ts'

const words = new Map([
  ['silence', 'silent'],
  ['fail', 'failed'],
  ['run', 'did not end'],
])

/** Why a service is or was down, in few words: `silent`, `failed`, or `failed: disk full` with a note of up to `limit`. */
export function whyDown({ reason, note }: { reason: string; note?: string | null | undefined }, limit: number): string {
  const said = limit > 0 ? harmless(note ?? '', limit) : ''
  return (words.get(reason) ?? harmless(reason)) + (said && `: ${said}`)
}
