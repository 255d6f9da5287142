import { LRUCache } from 'lru-cache'
import type { Clock } from '../clock.ts'
import { CallerError } from '../errors.ts'

/** How many wrong keys an address may send within `WITHIN_MS`. */
const MOST_WRONG = 10
const WITHIN_MS = 60_000
const MOST_ADDRESSES = 10_000

/** A lockout: after too many wrong keys an address has to wait for a minute, so that nobody guesses keys fast. */
export interface Attempts {
  /** Whether an address is locked out. */
  areTooMany(address: string): boolean
  noteWrong(address: string): void
}

export function createAttempts(clock: Clock): Attempts {
  const wrong = new LRUCache<string, number[]>({ max: MOST_ADDRESSES })
  const recent = (address: string) => (wrong.get(address) ?? []).filter((at) => at > clock.now() - WITHIN_MS)
  return {
    areTooMany: (address) => wrong.has(address) && recent(address).length >= MOST_WRONG,
    noteWrong: (address) => wrong.set(address, [...recent(address), clock.now()].slice(-MOST_WRONG)),
  }
}

export const tooManyAttempts = () =>
  new CallerError('too_many_attempts', 'too many wrong keys from this address; try again in a minute')
