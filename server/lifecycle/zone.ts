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

const MOST_ZONES = 500
const MOST_STRETCHES = 100

/** The stretches that were asked for, by the spelling of their zone. Both are bounded: a zone has many spellings. */
const cache = new Map<string, Stretch[]>()

/** The stretch that a moment is in. */
export function stretchAt(timezone: string, ms: number): Stretch {
  let stretches = cache.get(timezone)
  const known = stretches?.find(({ fromMs, untilMs }) => fromMs <= ms && ms < untilMs)
  if (known) return known
  const stretch = findStretch(timezone, ms)
  if (!stretches || stretches.length >= MOST_STRETCHES) {
    stretches = []
    if (cache.size >= MOST_ZONES) cache.clear()
    cache.set(timezone, stretches)
  }
  stretches.push(stretch)
  return stretch
}

function findStretch(timezone: string, ms: number): Stretch {
  const at = zoned(ms, timezone)
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
