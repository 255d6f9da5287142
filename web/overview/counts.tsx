import './counts.css'
import { useQuery } from '@tanstack/react-query'
import type { StatusAnswer } from '../live/answers.ts'
import { allServices } from '../live/queries.ts'
import { type Shown, shownStatus } from '../parts/shown.ts'
import { StatusShape } from '../parts/status.tsx'
import type { Filter } from './filter.ts'
import { showFilter } from './showFilter.ts'

const statuses: Shown[] = ['down', 'dead', 'unknown', 'alive', 'paused']

/** Counts services as they are shown: a paused one is not judged. If there are too many to load, the server's counts. */
function shownCounts({ services, counts, nextCursor }: StatusAnswer): { [status in Shown]: number } {
  if (nextCursor !== null) return counts
  const shown = { unknown: 0, alive: 0, down: 0, dead: 0, paused: 0 }
  for (const service of services) shown[shownStatus(service)] += 1
  return shown
}

/** How many services have each status. Pressing one shows only those. */
export function Counts({ filter }: { filter: Filter }) {
  const counts = useQuery({ ...allServices, select: shownCounts }).data
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
