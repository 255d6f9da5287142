import './publicGroup.css'
import { useQuery } from '@tanstack/react-query'
import { trpc } from '../api.ts'
import { isNoSuchGroup } from '../failure.ts'
import { Fault } from '../parts/fault.tsx'
import { useTitle } from '../parts/useTitle.ts'
import { clockTime } from '../time/words.ts'
import { PublicService } from './service.tsx'
import { verdictOf } from './verdict.ts'

const REFRESH_MS = 30_000

/** The page of a public group, which needs no key. */
export default function PublicGroupView({ group }: { group: string }) {
  useTitle(group)
  const answer = useQuery({ ...trpc.publicGroup.queryOptions({ group }), refetchInterval: REFRESH_MS })
  if (isNoSuchGroup(answer.error)) return <p className="notice">There is no public page at this address.</p>
  if (!answer.data) return <Fault of={answer} />
  const { counts, services } = answer.data
  return (
    <div className="public">
      <h1 dir="auto">{group}</h1>
      <p className={`verdict ${counts.down > 0 ? 'status-down' : 'status-alive'}`}>{verdictOf(counts)}</p>
      {answer.isError && <Fault of={answer} />}
      <ul className="sheet public-services">
        {services.map((service, index) => (
          // Names may repeat, and there are no keys here.
          // biome-ignore lint/suspicious/noArrayIndexKey: the order is that of the answer
          <PublicService key={`${service.name} ${index}`} service={service} />
        ))}
      </ul>
      <p className="soft small">
        As of {clockTime(answer.dataUpdatedAt)}, updated every {REFRESH_MS / 1_000} s.
      </p>
    </div>
  )
}
