export interface Bar {
  /** Of the height of the strip, up to 1. */
  height: number
  kind: 'on-time' | 'late' | 'missed'
}

/** Where the line of the limit is drawn. */
export const LIMIT_HEIGHT = 0.8

/** Longer than usual by half: still in time, and worth seeing. */
const LATE = 0.75

/** Gaps as heights against the limit; without one, against twice the longest, which is how a first guess would be. */
export function barsOf(gapsSeconds: readonly number[], limitSeconds: number | null): Bar[] {
  const scale = limitSeconds ?? 2 * Math.max(0, ...gapsSeconds)
  return gapsSeconds.map((gap) => barOf(gap, scale, limitSeconds !== null))
}

export function barOf(gapSeconds: number, scaleSeconds: number, isLimit = true): Bar {
  const share = scaleSeconds > 0 ? gapSeconds / scaleSeconds : 0
  const height = Math.min(1, Math.max(0.06, share * LIMIT_HEIGHT))
  if (!isLimit || share <= LATE) return { height, kind: 'on-time' }
  return share <= 1 ? { height, kind: 'late' } : { height: 1, kind: 'missed' }
}
