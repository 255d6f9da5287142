import './counts.css'
import { useQuery } from '@tanstack/react-query'
import { allServices } from '../live/queries.ts'
import type { Shown } from '../parts/shown.ts'
import { StatusShape } from '../parts/status.tsx'
import type { Filter } from './filter.ts'
import { showFilter } from './showFilter.ts'

const statuses: Shown[] = ['down', 'dead', 'unknown', 'alive', 'paused']

/** How many services have each status. Pressing one shows only those. */
export function Counts({ filter }: { filter: Filter }) {
  const counts = useQuery({ ...allServices, select: ({ counts }) => counts }).data
  return (
    <div className="counts" role="group" aria-label="Filter by status">
      {statuses.map((status) => {
        const isChosen = filter.status === status
        const choose = () => showFilter({ ...filter, status: isChosen ? null : status })
        return (
          <button
            key={status}
            type="button"
            className={`count count-${status}`}
            aria-pressed={isChosen}
            onClick={choose}
          >
            <span className="figure">{counts ? counts[status] : '–'}</span>
            <span className="count-word">
              <StatusShape status={status} />
              {status}
            </span>
          </button>
        )
      })}
    </div>
  )
}
