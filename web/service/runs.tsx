import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Precision } from '../../server/text/precision.ts'
import { duration } from '../../server/text/time.ts'
import { trpc } from '../api.ts'
import { Scrolling } from '../parts/scrolling.tsx'
import { Moment, precisions } from '../time/time.tsx'
import { type HeartbeatSeen, signalsOf, toldBy } from './signals.ts'

const AT_FIRST = 10
const marks: Record<string, string> = { success: 'status-alive', fail: 'status-down', attention: 'remark' }

/** The runs of a job. A service that only sends heartbeats has none, and then nothing is shown. */
export function Runs({ serviceKey }: { serviceKey: string }) {
  const { data } = useQuery(trpc.heartbeats.queryOptions({ serviceKey, limit: 300 }))
  const [isOpen, setOpen] = useState(false)
  const signals = signalsOf(data?.heartbeats ?? [])
  if (signals.length === 0) return null
  const exact = precisions(signals.map(({ at }) => at))
  return (
    <section className="sheet" aria-labelledby="runs">
      <h2 id="runs">Runs</h2>
      <Scrolling label="Runs">
        <table>
          <thead>
            <tr>
              <th scope="col">Run</th>
              <th scope="col">At</th>
              <th scope="col">Duration</th>
              <th scope="col">Message</th>
            </tr>
          </thead>
          <tbody>
            {signals.slice(0, isOpen ? undefined : AT_FIRST).map((signal, index) => (
              <Run key={`${signal.at} ${signal.kind}`} signal={signal} precision={exact[index]} />
            ))}
          </tbody>
        </table>
      </Scrolling>
      {signals.length > AT_FIRST && !isOpen && (
        <button type="button" className="button" onClick={() => setOpen(true)}>
          Show {signals.length - AT_FIRST} more
        </button>
      )}
    </section>
  )
}

function Run({ signal, precision }: { signal: HeartbeatSeen; precision: Precision | undefined }) {
  const { message, output, exitCode, runId } = toldBy(signal)
  return (
    <tr>
      <td className={marks[signal.kind]}>{signal.kind === 'start' ? 'running' : signal.kind}</td>
      <td>
        <Moment at={signal.at} precision={precision} />
      </td>
      <td>{signal.durationSeconds === null ? '–' : duration(signal.durationSeconds * 1_000)}</td>
      <td className="said">
        {exitCode !== null && exitCode !== 0 && <span className="soft">exit code {exitCode} </span>}
        {message !== null && <span dir="auto">{message} </span>}
        {runId !== null && <span className="soft key">{runId}</span>}
        {output && (
          <details>
            <summary>output</summary>
            <pre className="code">{output}</pre>
          </details>
        )}
      </td>
    </tr>
  )
}
