export interface Bar {
  /** A fraction of the strip's height, up to 1. */
  height: number
  kind: 'on-time' | 'late' | 'missed'
}

/** The height at which the line of the limit is drawn, as a fraction of the strip's. */
export const LIMIT_HEIGHT = 0.8

/** A gap longer than this fraction of the limit is late: still in time, but worth seeing. */
const LATE = 0.75

/** Draws gaps against the limit. Without a limit they are drawn against twice the longest gap, a first guess at it. */
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
