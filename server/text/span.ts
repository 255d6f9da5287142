import { between, finer, type Precision, precisionsOf } from './precision.ts'
import { clockTime, zoned } from './time.ts'

export interface Span {
  from: number
  to: number
}

/**
 * From when to when, for people: `02:10–05:10`, `23 Nov 22:40–23:10`, `23 Nov 22:40–24 Nov 00:15`, `02:10:05–02:10:47`
 * within a minute. On a day on which the clock was changed between, the offsets explain it: `02:50+02:00–02:10+01:00`.
 */
export const span = (one: Span, now: number, timezone: string): string =>
  inWords(one, { now, timezone, precision: between(one.from, one.to) })

/** Tells spans that follow each other, so exactly that their ends differ. */
export function spans(all: readonly Span[], now: number, timezone: string): string[] {
  const precisions = precisionsOf(all.flatMap(({ from, to }) => [from, to]))
  return all.map((one, index) => {
    const [from, to] = precisions.slice(2 * index) as [Precision, Precision]
    return inWords(one, { now, timezone, precision: finer(from, to) })
  })
}

function inWords(
  { from, to }: Span,
  { now, timezone, precision }: { now: number; timezone: string; precision: Precision },
): string {
  const [start, end, today] = [zoned(from, timezone), zoned(to, timezone), zoned(now, timezone).toPlainDate()]
  const isOneDay = start.toPlainDate().equals(end.toPlainDate())
  const hasShift = isOneDay && start.offset !== end.offset
  const clock = (at: Temporal.ZonedDateTime) => clockTime(at, precision) + (hasShift ? at.offset : '')
  const first = isOneDay && start.toPlainDate().equals(today) ? clock(start) : `${date(start, today)} ${clock(start)}`
  if (isOneDay && clock(start) === clock(end)) return `at ${first}`
  return `${first}–${isOneDay ? clock(end) : `${date(end, today)} ${clock(end)}`}`
}

function date(at: Temporal.ZonedDateTime, today: Temporal.PlainDate): string {
  const day = at.toLocaleString('en-GB', { day: 'numeric', month: 'short' })
  return at.year === today.year ? day : `${day} ${at.year}`
}
