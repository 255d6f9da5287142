import './gaps.css'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { roughly } from '../../server/text/time.ts'
import { plural } from '../../server/text/words.ts'
import { trpc } from '../api.ts'
import { Choice } from '../parts/choice.tsx'
import { Fault } from '../parts/fault.tsx'
import { Plot } from './plot.tsx'
import { type Absence, median, type Point, pointsOf } from './points.ts'

const noOutages: never[] = []
const amounts = [100, 300, 1_000]

/** A plot of the gaps between heartbeats over time, with the limit. */
export function Gaps({ serviceKey, limitSeconds }: { serviceKey: string; limitSeconds: number | null }) {
  const [limit, setLimit] = useState(300)
  const heartbeats = useQuery({
    ...trpc.heartbeats.queryOptions({ serviceKey, limit }),
    placeholderData: keepPreviousData,
  })
  const outages = useQuery({ ...trpc.monitor.queryOptions(), select: ({ outages }) => outages }).data ?? noOutages
  const points = useMemo(() => pointsOf(heartbeats.data?.heartbeats ?? [], outages), [heartbeats.data, outages])
  return (
    <section className="sheet gaps" aria-labelledby="gaps">
      <div className="sheet-head">
        <h2 id="gaps">Gaps between heartbeats</h2>
        <Choice<number>
          label="Newest"
          options={amounts.map((amount) => ({ value: amount, words: amount.toLocaleString() }))}
          value={limit}
          onChange={setLimit}
        />
      </div>
      <Fault of={heartbeats} />
      <div className="plot-place">
        {points.length > 0 ? (
          <Plot points={points} limitSeconds={limitSeconds} outages={outages} label={wordsOf(points, limitSeconds)} />
        ) : (
          heartbeats.data && <p className="notice">The first gap is shown after the second heartbeat.</p>
        )}
      </div>
      {points.length > 0 && (
        <p className="soft small">
          {wordsOf(points, limitSeconds)} {isShaded(points, outages) && 'Shaded: the monitor was not listening. '}Drag
          to zoom in, double-click to zoom out.
        </p>
      )}
    </section>
  )
}

function wordsOf(points: readonly Point[], limitSeconds: number | null): string {
  const longest = Math.max(...points.map(({ gapSeconds }) => gapSeconds))
  const tooLong = limitSeconds === null ? 0 : points.filter(({ gapSeconds }) => gapSeconds > limitSeconds).length
  const lengths = `${plural(points.length, 'gap')}, usually ${roughly(median(points) * 1_000)}, at most ${roughly(longest * 1_000)}`
  return tooLong > 0 ? `${lengths}; ${tooLong} longer than the limit.` : `${lengths}; none longer than the limit.`
}

function isShaded(points: readonly Point[], outages: readonly Absence[]): boolean {
  const from = (points[0]?.atSeconds ?? 0) * 1_000
  return outages.some(({ to }) => Date.parse(to) > from)
}
