import type { Outputs } from '../live/answers.ts'
import { shownStatus } from '../parts/shown.ts'
import { StatusMark } from '../parts/status.tsx'
import { Strip } from '../parts/strip.tsx'
import { percentOf, periodName } from '../parts/uptime.ts'
import { Ago, Lasting } from '../time/time.tsx'

export function PublicService({ service }: { service: Outputs['publicGroup']['services'][number] }) {
  const { name, lastHeartbeat, gapsSeconds, limitSeconds, statusSince, periods } = service
  const status = shownStatus(service)
  const isJudged = status === 'alive' || status === 'down'
  return (
    <li className="public-service">
      <StatusMark status={status} />
      <span className="public-name" dir="auto">
        {name}
      </span>
      <Strip gapsSeconds={gapsSeconds} limitSeconds={limitSeconds} silentSince={isJudged ? lastHeartbeat : null} />
      <span className="public-heard">
        {status === 'down' ? (
          <>
            for <Lasting since={statusSince} />
          </>
        ) : lastHeartbeat === null ? (
          'never heard'
        ) : (
          <Ago at={lastHeartbeat} />
        )}
      </span>
      <dl className="public-periods">
        {periods.map(({ days, ratio }) => (
          <div key={days}>
            <dt>{periodName(days)}</dt>
            <dd>{ratio === null ? 'no data' : percentOf(ratio)}</dd>
          </div>
        ))}
      </dl>
    </li>
  )
}
