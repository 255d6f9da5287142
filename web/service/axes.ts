import { duration } from '../../server/text/time.ts'

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Round lengths of time, in seconds. */
const round = [
  0.001,
  0.01,
  0.1,
  1,
  2,
  5,
  10,
  15,
  30,
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  2 * DAY,
  7 * DAY,
  14 * DAY,
  28 * DAY,
  84 * DAY,
  365 * DAY,
]
const MOST_TICKS = 6

/** The ticks of the axis of gaps, in seconds. */
export function gapTicks(min: number, max: number, isLogarithmic: boolean): number[] {
  if (isLogarithmic) return thinned(round.filter((length) => length >= min && length <= max))
  const step = round.find((length) => max / length <= MOST_TICKS) ?? max
  return Array.from({ length: Math.floor(max / step) + 1 }, (_, index) => index * step)
}

function thinned(ticks: number[]): number[] {
  const every = Math.ceil(ticks.length / MOST_TICKS)
  return ticks.filter((_, index) => index % every === 0)
}

export const gapLabel = (seconds: number) => (seconds === 0 ? '0' : duration(seconds * 1_000))

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' })
const clockWithSeconds = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' })
const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' })

/** Labels of the axis of time: the date where a day begins, else the time of day. */
export function timeLabels(ticks: readonly number[], stepSeconds: number): string[] {
  return ticks.map((tick, index) => {
    const at = new Date(tick * 1_000)
    const isMidnight = at.getHours() === 0 && at.getMinutes() === 0
    if (stepSeconds >= DAY || isMidnight) return day.format(at)
    const text = (stepSeconds < MINUTE ? clockWithSeconds : clock).format(at)
    return index === 0 ? `${text}\n${day.format(at)}` : text
  })
}
