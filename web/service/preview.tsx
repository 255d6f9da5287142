import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { trpc } from '../api.ts'
import { useDebounced } from '../parts/useDebounced.ts'
import type { Draft } from './draft.ts'

const TYPING_MS = 250

/** Shows when heartbeats would be expected: in words, and the next five times. */
export function Preview({ draft: { expectation, cron, periodSeconds, timezone, graceSeconds } }: { draft: Draft }) {
  const question = useDebounced(
    {
      ...(expectation === 'cron' ? { schedule: cron } : { expectedPeriodSeconds: periodSeconds ?? undefined }),
      timezone: timezone || undefined,
      graceSeconds: graceSeconds ?? undefined,
    },
    TYPING_MS,
  )
  const { data } = useQuery({ ...trpc.schedulePreview.queryOptions(question), placeholderData: keepPreviousData })
  if (!data) return null
  if (data.fault !== null) return <p className="fault">{data.fault}</p>
  return (
    <div className="preview">
      <p>{data.sentence}</p>
      <ol>
        {data.next.map(({ at, text }) => (
          <li key={at}>
            <time dateTime={at}>{text}</time>
          </li>
        ))}
      </ol>
    </div>
  )
}
