import './history.css'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { whyChanged } from '../../server/text/change.ts'
import { notListed } from '../../server/text/words.ts'
import { trpc } from '../api.ts'
import { Fault } from '../parts/fault.tsx'
import { Scrolling } from '../parts/scrolling.tsx'
import { shownChange } from '../parts/shown.ts'
import { StatusMark } from '../parts/status.tsx'
import { useTitle } from '../parts/useTitle.ts'
import { hashOf } from '../route.ts'
import { Moment, precisions } from '../time/time.tsx'
import { askedFor } from './asked.ts'
import { HistoryFilter } from './filter.tsx'

const amounts = [100, 300, 1_000]

export default function HistoryView({ filter }: { filter: URLSearchParams }) {
  useTitle('History')
  const [step, setStep] = useState(0)
  const limit = amounts[step] ?? 100
  const asked = askedFor(filter)
  const history = useQuery({
    ...trpc.history.queryOptions({ ...asked.input, limit }),
    placeholderData: keepPreviousData,
  })
  const transitions = history.data?.transitions
  const exact = precisions(transitions?.map(({ at }) => at) ?? [])
  const isCut = transitions?.length === limit
  return (
    <>
      <h1>History</h1>
      <HistoryFilter asked={asked} />
      <Fault of={history} />
      {transitions?.length === 0 && <p className="notice">No change of status matches this filter.</p>}
      {transitions && transitions.length > 0 && (
        <Scrolling label="Changes of status" className="sheet history">
          <table>
            <thead>
              <tr>
                <th scope="col">At</th>
                <th scope="col">Became</th>
                <th scope="col">Service</th>
                <th scope="col">Was</th>
                <th scope="col">Reason</th>
              </tr>
            </thead>
            <tbody>
              {transitions.map(({ id, at, serviceKey, displayName, from, to, reason, condensed }, index) => (
                <tr key={id}>
                  <td>
                    <Moment at={at} precision={exact[index]} />
                  </td>
                  <td>
                    <StatusMark status={shownChange({ to, reason })} />
                  </td>
                  <td className="history-name">
                    <a href={hashOf('service', serviceKey)} dir="auto">
                      {displayName}
                    </a>
                  </td>
                  <td className="soft">{from}</td>
                  <td className="soft">{whyChanged(reason) + notListed(condensed)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scrolling>
      )}
      {isCut && step < amounts.length - 1 && (
        <p className="more">
          <button type="button" className="button" onClick={() => setStep(step + 1)}>
            Show more
          </button>
        </p>
      )}
      {isCut && step === amounts.length - 1 && (
        <p className="notice">There are older changes: choose a service, a group or a status to see them.</p>
      )}
    </>
  )
}
