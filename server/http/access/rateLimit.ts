import { LRUCache } from 'lru-cache'
import type { Clock } from '../../clock.ts'
import { CallerError } from '../../errors.ts'

/** A rate limit: counts requests of a key or address, and throws 429 for those beyond it. */
export type RateLimit = (who: string, requests?: number) => void

const MOST_BUCKETS = 10_000

/** A token bucket for each caller, which holds one second of requests. `null` means no limit. */
export function createRateLimit(clock: Clock, perSecond: number | null): RateLimit {
  if (perSecond === null) return () => {}
  const most = Math.max(1, perSecond)
  const buckets = new LRUCache<string, { left: number; at: number }>({ max: MOST_BUCKETS })
  return (who, requests = 1) => {
    const now = clock.now()
    let bucket = buckets.get(who)
    if (!bucket) {
      bucket = { left: most, at: now }
      buckets.set(who, bucket)
    }
    // If the clock was set back, no time has passed.
    bucket.left = Math.min(most, bucket.left + (Math.max(0, now - bucket.at) / 1000) * perSecond)
    bucket.at = now
    // More than a full bucket can never be had, so a larger batch passes when the bucket is full.
    const wanted = Math.min(requests, most)
    if (bucket.left < wanted) throw tooFast(perSecond, (wanted - bucket.left) / perSecond)
    bucket.left -= wanted
  }
}

const tooFast = (perSecond: number, seconds: number) =>
  new CallerError(
    'rate_limited',
    `more than ${perSecond} requests a second with this key or from this address; send fewer, or raise RATE_LIMIT_PER_SECOND`,
    { retryAfterSeconds: Math.ceil(seconds) },
  )
