import './overview.css'
import { useQuery } from '@tanstack/react-query'
import { useCallback, useMemo } from 'react'
import type { StatusAnswer } from '../live/answers.ts'
import { allServices, allStrips, summary } from '../live/queries.ts'
import { Fault } from '../parts/fault.tsx'
import { useTitle } from '../parts/useTitle.ts'
import { serverNow } from '../time/serverClock.ts'
import { arrange, type Line } from './arrange.ts'
import { type Remarks, remarksOf } from './attention.ts'
import { Counts } from './counts.tsx'
import { Empty } from './empty.tsx'
import { filterOf } from './filter.ts'
import { List } from './list.tsx'
import { Tools } from './tools.tsx'
import { Undelivered } from './undelivered.tsx'

const noRemarks: Remarks = new Map()

export function OverviewView({ filter: query }: { filter: URLSearchParams }) {
  const filter = useMemo(() => filterOf(query), [query])
  const remarks = useQuery({ ...summary, select: remarksOf }).data ?? noRemarks
  const toLines = useCallback(
    ({ services }: StatusAnswer): Line[] => arrange(services, remarks, filter, serverNow()),
    [remarks, filter],
  )
  // Lines stay the same objects while their order is the same, so a heartbeat draws its row and not the list.
  const list = useQuery({ ...allServices, select: toLines })
  const hasServices = useQuery({ ...allServices, select: ({ services }) => services.length > 0 }).data
  const isCut = useQuery({ ...allServices, select: ({ nextCursor }) => nextCursor !== null }).data
  const down = useQuery({ ...allServices, select: ({ counts }) => counts.down }).data
  useQuery({ ...allStrips, notifyOnChangeProps: [] })
  useTitle(down ? `${down} down` : null)

  if (hasServices === false) return <Empty />
  return (
    <>
      <h1 className="unseen">Services</h1>
      <Counts filter={filter} />
      <Tools filter={filter} />
      <Undelivered />
      {list.data ? <List lines={list.data} filter={filter} /> : <Fault of={list} />}
      {isCut && <p className="notice">There are more services than this page can show.</p>}
    </>
  )
}
