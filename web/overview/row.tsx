import './row.css'
import { useQuery } from '@tanstack/react-query'
import { memo, useCallback } from 'react'
import { whyDown } from '../../server/text/whyDown.ts'
import type { Service, StatusAnswer, Strip as StripData, StripsAnswer } from '../live/answers.ts'
import { allServices, allStrips } from '../live/queries.ts'
import { shownStatus } from '../parts/shown.ts'
import { StatusMark } from '../parts/status.tsx'
import { Strip } from '../parts/strip.tsx'
import { hashOf } from '../route.ts'
import { serverNow } from '../time/serverClock.ts'
import { Ago, Lasting, Moment, Rhythm, Until } from '../time/time.tsx'
import { shortTime } from '../time/words.ts'
import { finder } from './finder.ts'

interface RowProps {
  serviceKey: string
  remark: string | null
  /** The row's number in the whole table, from 1. */
  index: number
}

const findService = finder((answer: StatusAnswer) => answer.services)
const findStrip = finder((answer: StripsAnswer) => answer.strips)

/** One service. It is drawn again only when there is news of it. */
export const Row = memo(function Row({ serviceKey, remark, index }: RowProps) {
  const service = useQuery({
    ...allServices,
    select: useCallback((answer: StatusAnswer) => findService(answer, serviceKey), [serviceKey]),
  }).data
  const strip = useQuery({
    ...allStrips,
    select: useCallback((answer: StripsAnswer) => findStrip(answer, serviceKey), [serviceKey]),
  }).data
  if (!service) return null
  return (
    <div className="row" role="row" aria-rowindex={index}>
      <span role="cell" className="cell-status">
        <StatusMark status={shownStatus(service)} />
      </span>
      <span role="cell" className="cell-name">
        <a className="row-link" href={hashOf('service', serviceKey)} dir="auto" title={failureOf(service)}>
          {service.displayName}
        </a>
        <Remark service={service} remark={remark} />
      </span>
      <span role="cell" className="cell-strip">
        <RowStrip service={service} strip={strip} />
      </span>
      <span role="cell" className="cell-heard">
        {service.lastHeartbeat === null ? 'none yet' : <Ago at={service.lastHeartbeat} />}
      </span>
      <span role="cell" className="cell-rhythm">
        <Rhythm of={service} />
      </span>
      <span role="cell" className="cell-deadline">
        <Deadline service={service} />
      </span>
    </div>
  )
})

function Remark({ service, remark }: { service: Service; remark: string | null }) {
  const failure = failureOf(service)
  if (remark === null && failure === undefined) {
    return (
      <span className="key" dir="auto">
        {service.serviceKey}
      </span>
    )
  }
  return (
    <span className="remark" dir="auto">
      {remark}
      {remark !== null && failure !== undefined && ' · '}
      {failure !== undefined && <span className="status-down">{failure}</span>}
    </span>
  )
}

/** How a service failed. Silence is seen in the other columns. */
function failureOf({ downReason: reason, downNote: note, runStartedAt }: Service): string | undefined {
  if (reason === undefined || reason === 'silence') return undefined
  const startedAt = runStartedAt && shortTime(Date.parse(runStartedAt), serverNow())
  return whyDown({ reason, note, startedAt }, 200)
}

function RowStrip({ service, strip }: { service: Service; strip: StripData | null | undefined }) {
  if (!strip) return null
  const isJudged = !service.paused && (service.status === 'alive' || service.status === 'down')
  return (
    <Strip
      gapsSeconds={strip.gapsSeconds}
      limitSeconds={strip.limitSeconds}
      silentSince={isJudged ? service.lastHeartbeat : null}
    />
  )
}

function Deadline({ service: { status, paused, statusSince, deadline } }: { service: Service }) {
  if (paused) return 'not judged'
  if (status === 'down' || status === 'dead') {
    return (
      <span className={`status-${status}`}>
        since <Moment at={statusSince} /> (<Lasting since={statusSince} />)
      </span>
    )
  }
  return deadline === null ? '–' : <Until at={deadline} />
}
