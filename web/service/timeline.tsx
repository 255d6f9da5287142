import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { whyChanged } from '../../server/text/change.ts'
import type { Precision } from '../../server/text/precision.ts'
import { roughly } from '../../server/text/time.ts'
import { notListed } from '../../server/text/words.ts'
import { trpc } from '../api.ts'
import type { Transition } from '../live/answers.ts'
import { Fault } from '../parts/fault.tsx'
import { shownChange } from '../parts/shown.ts'
import { StatusShape } from '../parts/status.tsx'
import { hashOf } from '../route.ts'
import { Moment, precisions } from '../time/time.tsx'

const AT_FIRST = 8

/** The changes of a service's status, newest first, and how long each status lasted. */
export function Timeline({ serviceKey }: { serviceKey: string }) {
  const history = useQuery(trpc.history.queryOptions({ serviceKey, limit: 100 }))
  const [isOpen, setOpen] = useState(false)
  const transitions = history.data?.transitions ?? []
  const exact = precisions(transitions.map(({ at }) => at))
  return (
    <section className="sheet" aria-labelledby="timeline">
      <h2 id="timeline">Changes of status</h2>
      <Fault of={history} />
      {history.data && transitions.length === 0 && <p className="notice">None yet.</p>}
      <ol className="timeline">
        {transitions.slice(0, isOpen ? undefined : AT_FIRST).map((transition, index) => (
          <Entry key={transition.id} transition={transition} precision={exact[index]} next={transitions[index - 1]} />
        ))}
      </ol>
      {transitions.length > AT_FIRST && !isOpen ? (
        <button type="button" className="button" onClick={() => setOpen(true)}>
          Show {transitions.length - AT_FIRST} more
        </button>
      ) : (
        transitions.length === 100 && <a href={hashOf('history', null, { service: serviceKey })}>All of its history</a>
      )}
    </section>
  )
}

function Entry({
  transition: { from, to, reason, at, condensed },
  precision,
  next,
}: {
  transition: Transition
  precision: Precision | undefined
  next: Transition | undefined
}) {
  const shown = shownChange({ to, reason })
  return (
    <li>
      <StatusShape status={shown} />
      <span className={`status-${shown}`}>{shown}</span>{' '}
      <span className="soft">
        from {from}
        {reason !== 'pause' && `, ${whyChanged(reason)}`}
        {notListed(condensed)}
        {next && `; for ${roughly(Date.parse(next.at) - Date.parse(at))}`}
      </span>
      <span className="timeline-at">
        <Moment at={at} precision={precision} />
      </span>
    </li>
  )
}
