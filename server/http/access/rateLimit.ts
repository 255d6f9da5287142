import { LRUCache } from 'lru-cache'
import type { Clock } from '../../clock.ts'
import { CallerError } from '../../errors.ts'

/** Counts requests of a key or address. Throws 429 for those that come too fast. */
export type RateLimit = (who: string, requests?: number) => void

const CALLERS_KEPT_IN_MIND = 10_000

/** Who asks for nothing for a second may ask for a second's worth at once; `null`: no limit. */
export function createRateLimit(clock: Clock, perSecond: number | null): RateLimit {
  if (perSecond === null) return () => {}
  const most = Math.max(1, perSecond)
  const buckets = new LRUCache<string, { left: number; at: number }>({ max: CALLERS_KEPT_IN_MIND })
  return (who, requests = 1) => {
    const now = clock.now()
    let bucket = buckets.get(who)
    if (!bucket) {
      bucket = { left: most, at: now }
      buckets.set(who, bucket)
    }
    // A clock that was set back gives nothing, and takes nothing.
    bucket.left = Math.min(most, bucket.left + (Math.max(0, now - bucket.at) / 1000) * perSecond)
    bucket.at = now
    // What can never be had at once is let in as soon as all of it is there.
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
