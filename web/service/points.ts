import type { Outputs } from '../live/answers.ts'

type HeartbeatSeen = Outputs['heartbeats']['heartbeats'][number]

export interface Point {
  /** When the heartbeat came that ended the gap. */
  atSeconds: number
  gapSeconds: number
}

const noHeartbeats = new Set(['start', 'log'])

export interface Absence {
  from: string
  to: string
}

/**
 * The gaps between heartbeats, oldest first. Outages of the monitor are subtracted, and signals that do not count as
 * heartbeats are left out.
 */
export function pointsOf(newestFirst: readonly HeartbeatSeen[], outages: readonly Absence[]): Point[] {
  const times = newestFirst
    .filter(({ kind }) => !noHeartbeats.has(kind))
    .map(({ at }) => Date.parse(at))
    .reverse()
  return times.slice(1).map((at, index) => {
    const before = times[index] ?? at
    return { atSeconds: at / 1_000, gapSeconds: (at - before - absentMs(before, at, outages)) / 1_000 }
  })
}

function absentMs(fromMs: number, toMs: number, outages: readonly Absence[]): number {
  const overlaps = outages.map(({ from, to }) => Math.min(toMs, Date.parse(to)) - Math.max(fromMs, Date.parse(from)))
  return overlaps.reduce((sum, overlap) => sum + Math.max(0, overlap), 0)
}

/** Gaps shorter than this fraction of the median are bursts, and are drawn as equally short. */
const BURST = 1 / 50

/** The shortest gap that is drawn as it is, in seconds. Shorter ones are drawn like it. */
export function shortestShown(points: readonly Point[]): number {
  const shortest = Math.min(...points.map(({ gapSeconds }) => gapSeconds))
  return Math.max(0.001, shortest, BURST * median(points))
}

/** If the longest gap is this many times the shortest, short gaps are visible on a logarithmic scale only. */
const WIDE = 12

export function isWide(points: readonly Point[], limitSeconds: number | null): boolean {
  const gaps = points.map(({ gapSeconds }) => gapSeconds)
  return Math.max(...gaps, limitSeconds ?? 0) > WIDE * shortestShown(points)
}

export function median(points: readonly Point[]): number {
  const gaps = points.map(({ gapSeconds }) => gapSeconds).sort((a, b) => a - b)
  return gaps[Math.floor(gaps.length / 2)] ?? 0
}
