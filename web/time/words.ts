import type { Precision } from '../../server/text/precision.ts'

/** A date that is further away than this is shown with its year. */
const LONG_AGO_MS = 300 * 86_400_000

const clocks: Record<Precision, Intl.DateTimeFormat> = {
  minute: new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' }),
  second: new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' }),
  millisecond: new Intl.DateTimeFormat(undefined, {
    ...{ hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 },
  }),
}
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' })
const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' })
const dayOfYear = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' })

/** A moment in the viewer's time zone: `14:02`, with its date unless that is today. */
export function shortTime(ms: number, now: number, precision: Precision = 'minute'): string {
  const clock = clocks[precision]
  if (day.format(ms) === day.format(now) && Math.abs(now - ms) < LONG_AGO_MS) return clock.format(ms)
  return `${(Math.abs(now - ms) < LONG_AGO_MS ? day : dayOfYear).format(ms)} ${clock.format(ms)}`
}

export const clockTime = (ms: number) => clocks.minute.format(ms)

/** A tooltip: the moment to the second in the viewer's time zone, and as the server wrote it. */
export const bothZones = (iso: string) => `${exact.format(Date.parse(iso))} here; ${iso} at the server`
