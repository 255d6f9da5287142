import { useQuery } from '@tanstack/react-query'
import { duration } from '../../server/text/time.ts'
import { trpc } from '../api.ts'
import { Scrolling } from '../parts/scrolling.tsx'
import { Moment, precisions } from '../time/time.tsx'
import type { HeartbeatSeen } from './signals.ts'

const SHOWN = 50

/** The newest heartbeats with their data. */
export function Heartbeats({ serviceKey }: { serviceKey: string }) {
  const { data } = useQuery(trpc.heartbeats.queryOptions({ serviceKey, limit: 300 }))
  if (!data || data.heartbeats.length === 0) return null
  const shown = data.heartbeats.slice(0, SHOWN)
  const exact = precisions(shown.map(({ at }) => at))
  return (
    <details className="sheet">
      <summary>
        <h2>Newest heartbeats</h2>
      </summary>
      <Scrolling label="Newest heartbeats">
        <table>
          <thead>
            <tr>
              <th scope="col">At</th>
              <th scope="col">Kind</th>
              <th scope="col">Gap</th>
              <th scope="col">Data</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((heartbeat, index) => (
              <tr key={`${heartbeat.at} ${heartbeat.kind}`}>
                <td>
                  <Moment at={heartbeat.at} precision={exact[index]} />
                </td>
                <td>{heartbeat.kind}</td>
                <td>{heartbeat.gapSeconds === null ? '–' : duration(heartbeat.gapSeconds * 1_000)}</td>
                <td className="said">{heartbeat.details !== null && <Details details={heartbeat.details} />}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scrolling>
    </details>
  )
}

const LONGEST_LINE = 80

/** The data of a heartbeat. It comes from others, and is shown as text only. */
function Details({ details }: { details: NonNullable<HeartbeatSeen['details']> }) {
  const text = JSON.stringify(details)
  if (text.length <= LONGEST_LINE) return <code dir="auto">{text}</code>
  return (
    <details>
      <summary>
        <code dir="auto">{text.slice(0, LONGEST_LINE)}…</code>
      </summary>
      <pre className="code">{JSON.stringify(details, null, 2)}</pre>
    </details>
  )
}
