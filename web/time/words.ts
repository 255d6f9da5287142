import { roughly } from '../../server/text/time.ts'

/** Until then a date needs no year. */
const LONG_AGO_MS = 300 * 86_400_000

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' })
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' })
const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' })
const dayOfYear = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' })

/** In the viewer's zone: `14:02`, or with its date if that is another day than today. */
export function shortTime(ms: number, now: number): string {
  if (day.format(ms) === day.format(now) && Math.abs(now - ms) < LONG_AGO_MS) return clock.format(ms)
  return `${(Math.abs(now - ms) < LONG_AGO_MS ? day : dayOfYear).format(ms)} ${clock.format(ms)}`
}

export const clockTime = (ms: number) => clock.format(ms)

/** On hover: to the second in the viewer's zone, and as the server wrote it. */
export const bothZones = (iso: string) => `${exact.format(Date.parse(iso))} here; ${iso} at the server`

/** `every 5 min`. */
export const rhythm = (seconds: number) => `every ${roughly(seconds * 1_000)}`
