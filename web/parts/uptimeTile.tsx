import './uptimeTile.css'
import type { UptimePeriod } from '../live/answers.ts'
import { percentOf, periodName, uptimeWords } from './uptime.ts'

/** How much of a period a service was alive. Time without data counts neither as up nor as down. */
export function UptimeTile({ period }: { period: UptimePeriod }) {
  const { days, ratio, aliveSeconds, downSeconds } = period
  const all = days * 86_400
  const [alive, down] = [(100 * aliveSeconds) / all, (100 * downSeconds) / all]
  return (
    <div className="uptime-tile">
      <dt>{periodName(days)}</dt>
      <dd>
        <span className="figure">{ratio === null ? 'no data' : percentOf(ratio)}</span>
        <svg className="uptime-bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
          <rect className="uptime-none" width="100" height="6" />
          <rect className="uptime-down" x={100 - alive - down} width={Math.max(down, down > 0 ? 0.7 : 0)} height="6" />
          <rect className="uptime-alive" x={100 - alive} width={alive} height="6" />
        </svg>
        <span className="soft small">{uptimeWords(period)}</span>
      </dd>
    </div>
  )
}
