import { type Precision, precisionsOf } from '../../server/text/precision.ts'
import { localTime } from '../../server/text/time.ts'

/** Formats a time of the API in the monitor's time zone: `14:02` if it is today, else `23 Nov 14:02`. */
export const at = (iso: string, now: string, precision?: Precision): string =>
  localTime(Date.parse(iso), Date.parse(now), offsetOf(iso), precision)

/** Formats the times of a list, so exactly that each differs from its neighbours. */
export function eachAt(times: readonly string[], now: string): string[] {
  const precisions = precisionsOf(times.map((iso) => Date.parse(iso)))
  return times.map((iso, index) => at(iso, now, precisions[index]))
}

/** Says when an answer was true, with the offset from UTC, since a phone may be in another time zone. */
export function asOf(now: string): string {
  const offset = offsetOf(now)
  return `\nas of ${at(now, now)} ${/^(UTC|\+00:00)$/.test(offset) ? 'UTC' : `UTC${offset}`}`
}

/** The offset at the end of a time of the API. It is the one that the zone had at that time. */
const offsetOf = (iso: string) => /[+-]\d{2}:\d{2}$/.exec(iso)?.[0] ?? 'UTC'
