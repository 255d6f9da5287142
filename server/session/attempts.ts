import { LRUCache } from 'lru-cache'
import type { Clock } from '../clock.ts'
import { CallerError } from '../errors.ts'

/** How often an address may be wrong within a minute. */
const MOST_WRONG = 10
const WITHIN_MS = 60_000
const ADDRESSES_KEPT_IN_MIND = 10_000

/** Keeps those who guess keys from guessing fast. */
export interface Attempts {
  /** Whether an address has been wrong so often that it has to wait. */
  areTooMany(address: string): boolean
  noteWrong(address: string): void
}

export function createAttempts(clock: Clock): Attempts {
  const wrong = new LRUCache<string, number[]>({ max: ADDRESSES_KEPT_IN_MIND })
  const recent = (address: string) => (wrong.get(address) ?? []).filter((at) => at > clock.now() - WITHIN_MS)
  return {
    areTooMany: (address) => wrong.has(address) && recent(address).length >= MOST_WRONG,
    noteWrong: (address) => wrong.set(address, [...recent(address), clock.now()].slice(-MOST_WRONG)),
  }
}

export const tooManyAttempts = () =>
  new CallerError('too_many_attempts', 'too many wrong keys from this address; try again in a minute')
