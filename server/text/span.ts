import { MINUTE_MS } from '../../db/units.ts'
import { between, finer, type Precision, precisionsOf } from './precision.ts'
import { clockTime, localTime, zoned } from './time.ts'

export interface Span {
  from: number
  to: number
}

/**
 * From when to when, for people: `02:10–05:10`, `23 Nov 22:40–23:10`, `23 Nov 22:40–24 Nov 00:15`, `02:10:05–02:10:47`
 * within a minute. On a day on which the clock was changed between, the offsets explain it: `02:50+02:00–02:10+01:00`.
 */
export const span = (one: Span, now: number, timezone: string): string =>
  inWords(one, { now, timezone, precision: precisionOf(one) })

/** The same in a sentence: `02:10 to 05:10`. */
export const fromTo = (one: Span, now: number, timezone: string): string =>
  inWords(one, { now, timezone, precision: precisionOf(one), joint: ' to ' })

/** How exactly the ends of a span are told: in seconds, where it lasted less than a minute. */
export const precisionOf = ({ from, to }: Span): Precision =>
  finer(between(from, to), Math.abs(to - from) < MINUTE_MS ? 'second' : 'minute')

/** When a span ended whose beginning people know: `05:10`, or `02:10+01:00` after the clock was changed. */
export function endTime({ from, to }: Span, now: number, timezone: string): string {
  const [start, end] = [zoned(from, timezone), zoned(to, timezone)]
  return localTime(to, now, timezone) + (hasShift(start, end) ? end.offset : '')
}

/** Tells spans that follow each other, so exactly that their ends differ. */
export function spans(all: readonly Span[], now: number, timezone: string): string[] {
  const precisions = precisionsOf(all.flatMap(({ from, to }) => [from, to]))
  return all.map((one, index) => {
    const [from, to] = precisions.slice(2 * index) as [Precision, Precision]
    return inWords(one, { now, timezone, precision: finer(finer(from, to), precisionOf(one)) })
  })
}

function inWords(
  { from, to }: Span,
  { now, timezone, precision, joint = '–' }: { now: number; timezone: string; precision: Precision; joint?: string },
): string {
  const [start, end, today] = [zoned(from, timezone), zoned(to, timezone), zoned(now, timezone).toPlainDate()]
  const isOneDay = start.toPlainDate().equals(end.toPlainDate())
  const clock = (at: Temporal.ZonedDateTime) => clockTime(at, precision) + (hasShift(start, end) ? at.offset : '')
  const first = isOneDay && start.toPlainDate().equals(today) ? clock(start) : `${date(start, today)} ${clock(start)}`
  if (isOneDay && clock(start) === clock(end)) return `at ${first}`
  return `${first}${joint}${isOneDay ? clock(end) : `${date(end, today)} ${clock(end)}`}`
}

const hasShift = (start: Temporal.ZonedDateTime, end: Temporal.ZonedDateTime): boolean =>
  start.toPlainDate().equals(end.toPlainDate()) && start.offset !== end.offset

function date(at: Temporal.ZonedDateTime, today: Temporal.PlainDate): string {
  const day = at.toLocaleString('en-GB', { day: 'numeric', month: 'short' })
  return at.year === today.year ? day : `${day} ${at.year}`
}
