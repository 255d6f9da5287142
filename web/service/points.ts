import type { Outputs } from '../live/answers.ts'

type HeartbeatSeen = Outputs['heartbeats']['heartbeats'][number]

export interface Point {
  /** Of the heartbeat that ended the gap. */
  atSeconds: number
  gapSeconds: number
}

const noHeartbeats = new Set(['start', 'log'])

export interface Absence {
  from: string
  to: string
}

/**
 * The gaps between heartbeats, oldest first, without the monitor's own absence; signals that count as no heartbeat are
 * left out.
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

/** Shorter ones than this part of the usual are a burst, and are not worth the height that would tell them apart. */
const BURST = 1 / 50

/** The shortest gap that is told apart from shorter ones. */
export function shortestShown(points: readonly Point[]): number {
  const shortest = Math.min(...points.map(({ gapSeconds }) => gapSeconds))
  return Math.max(0.001, shortest, BURST * median(points))
}

/** From this factor between the longest and the shortest on, the short ones are only seen on a logarithmic scale. */
const WIDE = 12

export function isWide(points: readonly Point[], limitSeconds: number | null): boolean {
  const gaps = points.map(({ gapSeconds }) => gapSeconds)
  return Math.max(...gaps, limitSeconds ?? 0) > WIDE * shortestShown(points)
}

export function median(points: readonly Point[]): number {
  const gaps = points.map(({ gapSeconds }) => gapSeconds).sort((a, b) => a - b)
  return gaps[Math.floor(gaps.length / 2)] ?? 0
}
