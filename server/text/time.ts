import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../db/units.ts'
import type { Precision } from './precision.ts'
import { zoneOf } from './timezone.ts'

/** Servers' clocks differ by less. A time that is further ahead was written before the clock was set back. */
export const CLOCK_SET_BACK_MS = 60_000

/** About the year 200,000: the last moments that a date can be, with room for any offset. */
const LAST_MOMENT_MS = 6_000_000_000_000_000

/** Turns epoch milliseconds into ISO 8601 with the offset that a zone has then, e.g. `2026-11-23T22:20:01.123+03:00`. */
export function isoIn(timezone: string): (ms: number) => string {
  const offsets = new Map<number, { shiftMs: number; suffix: string }>()
  return (anyMs) => {
    // A moment that cannot be written as a date must not keep an answer from being made.
    const ms = Math.min(Math.max(anyMs, -LAST_MOMENT_MS), LAST_MOMENT_MS)
    const minute = Math.floor(ms / MINUTE_MS)
    let offset = offsets.get(minute)
    if (!offset) {
      if (offsets.size >= 10_000) offsets.clear()
      offset = offsetAt(ms, timezone)
      offsets.set(minute, offset)
    }
    return new Date(ms + offset.shiftMs).toISOString().slice(0, -1) + offset.suffix
  }
}

/** A moment as a zone has it. A name that is no zone, as other versions may know it, counts as UTC. */
export const zoned = (ms: number, timezone: string): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(Math.round(ms)).toZonedDateTimeISO(zoneOf(timezone) ?? 'UTC')

function offsetAt(ms: number, timezone: string): { shiftMs: number; suffix: string } {
  const { offsetNanoseconds, offset } = zoned(ms, timezone)
  return { shiftMs: offsetNanoseconds / 1_000_000, suffix: offset }
}

/** A date that is further away than this is shown with its year. */
const LONG_AGO_MS = 300 * DAY_MS

export const clockTime = (at: Temporal.ZonedDateTime, precision: Precision): string =>
  at.toPlainTime().toString({ smallestUnit: precision })

/** A time for people: `14:02`, or `23 Nov 14:02` if it is not today. */
export function localTime(ms: number, now: number, timezone: string, precision: Precision = 'minute'): string {
  const [at, today] = [zoned(ms, timezone), zoned(now, timezone)]
  const clock = clockTime(at, precision)
  if (at.toPlainDate().equals(today.toPlainDate())) return clock
  const date = at.toLocaleString('en-GB', { day: 'numeric', month: 'short' })
  const isLongAgo = Math.abs(now - ms) > LONG_AGO_MS
  return isLongAgo ? `${date} ${at.year} ${clock}` : `${date} ${clock}`
}

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'always' })

const units = [
  ['day', DAY_MS],
  ['hour', HOUR_MS],
  ['minute', MINUTE_MS],
  ['second', 1_000],
] as const

/** `5 minutes ago`, in the largest unit that fits; `just now` below a second. */
export function ago(elapsedMs: number): string {
  for (const [unit, unitMs] of units) {
    if (elapsedMs >= unitMs) return relative.format(-Math.floor(elapsedMs / unitMs), unit)
  }
  return 'just now'
}

/** `2 h 5 min`, `45 s`, `1.5 s`: at most two units. */
export function duration(ms: number): string {
  if (ms < 59_500) return `${Number((ms / 1000).toFixed(ms < 10_000 ? 3 : 0))} s`
  const minutes = Math.round(ms / MINUTE_MS)
  const parts = [
    [Math.floor(minutes / 1440), 'd'],
    [Math.floor((minutes % 1440) / 60), 'h'],
    [minutes % 60, 'min'],
  ] as const
  const first = parts.findIndex(([count]) => count > 0)
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ')
}

/** Like `duration`, but in whole seconds from one second on. */
export const roughly = (ms: number) => duration(ms < 950 ? Math.max(0, ms) : Math.round(ms / 1_000) * 1_000)

export function inSeconds(ms: number): number
export function inSeconds(ms: number | null): number | null
export function inSeconds(ms: number | null): number | null {
  return ms === null ? null : ms / 1000
}
