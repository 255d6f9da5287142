/** How many gaps a service remembers; the cadence is their median. */
export const GAPS_KEPT = 50
/** A service with fewer heartbeats than this has no cadence yet. Each gap that cannot be learned needs one more. */
export const HEARTBEATS_NEEDED = 4

/** Appends a gap, and drops the oldest one beyond `GAPS_KEPT`. */
export function withGap(gaps: readonly number[], gapMs: number): number[] {
  const kept = gaps.length < GAPS_KEPT ? gaps.slice() : gaps.slice(gaps.length - GAPS_KEPT + 1)
  kept.push(gapMs)
  return kept
}

export function median(values: readonly number[]): number | null {
  if (values.length === 0) return null
  const sorted = Float64Array.from(values).sort()
  const upper = sorted.length >> 1
  const high = sorted[upper] as number
  return sorted.length % 2 === 1 ? high : ((sorted[upper - 1] as number) + high) / 2
}
