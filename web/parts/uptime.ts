import { roughly } from '../../server/text/time.ts'
import type { UptimePeriod } from '../live/answers.ts'

/** A period in words: `24 h`, `7 d`. */
export const periodName = (days: number) => (days === 1 ? '24 h' : `${days} d`)

const percent = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 2 })

/** A ratio in percent. It is rounded down, so that a service that was ever down never has 100 %. */
export const percentOf = (ratio: number) => percent.format(Math.floor(ratio * 10_000) / 10_000)

/** A period's down time and unknown time in words: `down 12 min, no data 3 h`. */
export function uptimeWords({ downSeconds, noDataSeconds, ratio }: UptimePeriod): string {
  const down = downSeconds > 0 ? `down ${roughly(downSeconds * 1_000)}` : ratio === null ? '' : 'never down'
  const unknown = noDataSeconds >= 60 ? `no data ${roughly(noDataSeconds * 1_000)}` : ''
  return [down, unknown].filter(Boolean).join(', ')
}
