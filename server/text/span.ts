import { zoned } from './time.ts'

/**
 * From when to when, for people: `02:10–05:10`, `23 Nov 22:40–23:10`, `23 Nov 22:40–24 Nov 00:15`, or `at 02:10` within a
 * minute. On a day on which the clock was changed between, the offsets explain it: `02:50+02:00–02:10+01:00`.
 */
export function span({ from, to }: { from: number; to: number }, now: number, timezone: string): string {
  const [start, end, today] = [zoned(from, timezone), zoned(to, timezone), zoned(now, timezone).toPlainDate()]
  const isOneDay = start.toPlainDate().equals(end.toPlainDate())
  const hasShift = isOneDay && start.offset !== end.offset
  const clock = (at: Temporal.ZonedDateTime) =>
    at.toPlainTime().toString({ smallestUnit: 'minute' }) + (hasShift ? at.offset : '')
  const first = isOneDay && start.toPlainDate().equals(today) ? clock(start) : `${date(start, today)} ${clock(start)}`
  if (isOneDay && clock(start) === clock(end)) return `at ${first}`
  return `${first}–${isOneDay ? clock(end) : `${date(end, today)} ${clock(end)}`}`
}

function date(at: Temporal.ZonedDateTime, today: Temporal.PlainDate): string {
  const day = at.toLocaleString('en-GB', { day: 'numeric', month: 'short' })
  return at.year === today.year ? day : `${day} ${at.year}`
}
