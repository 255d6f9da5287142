import { useQuery } from '@tanstack/react-query'
import { plural } from '../../server/text/words.ts'
import { summary } from '../live/queries.ts'
import { hashOf } from '../route.ts'

/** Messages that could not be delivered. Nothing else on this view would show that alerts are lost. */
export function Undelivered() {
  const failing = useQuery({ ...summary, select: ({ failingDeliveries }) => failingDeliveries }).data
  if (!failing?.length) return null
  return (
    <ul className="undelivered">
      {failing.map(({ target, failed, pending, error }) => (
        <li key={target}>
          <a href={hashOf('monitor')}>{plural(failed + pending, 'message')}</a> to {target}{' '}
          {failed > 0 ? 'failed' : 'cannot be delivered'}
          {error !== null && `: ${error}`}
        </li>
      ))}
    </ul>
  )
}
