import { LRUCache } from 'lru-cache'
import { zoned } from '../text/time.ts'

/** A time in which the clock of a zone is not set anew. */
export interface Stretch {
  fromMs: number
  untilMs: number
  /** A moment plus this is what the clock shows, as if it were UTC. */
  offsetMs: number
  /** By how much the clock was set at the beginning: more than 0 is forward. */
  setByMs: number
}

const MOST_SPELLINGS = 1_000
const MOST_ZONES = 500
const MOST_STRETCHES = 100

/** A cache (LRU) of names by their spelling: `europe/BERLIN` is the zone Europe/Berlin, in one of 4,096 spellings. */
const names = new LRUCache<string, string>({ max: MOST_SPELLINGS, memoMethod: canonicalName })

/** A cache (LRU) of the stretches that were asked for, by the name of their zone. */
const cache = new LRUCache<string, Stretch[]>({ max: MOST_ZONES })

/** The stretch that a moment is in. */
export function stretchAt(timezone: string, ms: number): Stretch {
  const name = names.memo(timezone)
  const stretches = cache.get(name) ?? []
  const known = stretches.find(({ fromMs, untilMs }) => fromMs <= ms && ms < untilMs)
  if (known) return known
  const stretch = findStretch(name, ms)
  cache.set(name, stretches.length < MOST_STRETCHES ? [...stretches, stretch] : [stretch])
  return stretch
}

function canonicalName(timezone: string): string {
  return zoned(0, timezone).timeZoneId
}

/** @param name a zone by its canonical name */
function findStretch(name: string, ms: number): Stretch {
  const at = zoned(ms, name)
  // A change at the moment itself is the beginning, so what is "previous" is asked a millisecond later.
  const from = at.add({ milliseconds: 1 }).getTimeZoneTransition('previous')
  const until = at.getTimeZoneTransition('next')
  const setByNanoseconds = from ? from.offsetNanoseconds - from.subtract({ nanoseconds: 1 }).offsetNanoseconds : 0
  return {
    fromMs: from?.epochMilliseconds ?? Number.NEGATIVE_INFINITY,
    untilMs: until?.epochMilliseconds ?? Number.POSITIVE_INFINITY,
    offsetMs: at.offsetNanoseconds / 1_000_000,
    setByMs: setByNanoseconds / 1_000_000,
  }
}
