import { localTime } from '../../server/text/time.ts'

/** A time of the API for people, as the clocks where the monitor runs show it: `14:02`, or `23 Nov 14:02`. */
export const at = (iso: string, now: string): string => localTime(Date.parse(iso), Date.parse(now), offsetOf(iso))

/** When an answer was true, with how far its clock is from UTC, since a phone may show another. */
export function asOf(now: string): string {
  const offset = offsetOf(now)
  return `\nas of ${at(now, now)} ${/^(UTC|\+00:00)$/.test(offset) ? 'UTC' : `UTC${offset}`}`
}

/** Times of the API end in the offset that their zone had then. */
const offsetOf = (iso: string) => /[+-]\d{2}:\d{2}$/.exec(iso)?.[0] ?? 'UTC'
