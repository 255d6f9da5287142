import './printed.css'
import { type RefObject, useLayoutEffect, useRef } from 'react'
import { lastWords, tidy } from '../../server/text/lastWords.ts'
import { plainLines } from '../../server/text/plainLines.ts'
import { duration } from '../../server/text/time.ts'
import { CopyButton } from '../parts/copyButton.tsx'
import { Moment } from '../time/time.tsx'
import { piecesOf } from './pieces.ts'
import { type HeartbeatSeen, newestFailure, toldBy } from './signals.ts'

/** As many as the monitor keeps; what came before them is lost. */
const CHARACTERS_KEPT = 10_000

/** What a job printed before it failed, if that is the newest that is known of it. */
export function Printed({ heartbeats }: { heartbeats: readonly HeartbeatSeen[] }) {
  const shown = useRef<HTMLPreElement>(null)
  const failure = newestFailure(heartbeats)
  const output = failure === null ? '' : (toldBy(failure).output ?? '')
  if (failure === null || output.trim() === '') return null
  const { exitCode, runId } = toldBy(failure)
  const lines = plainLines(output.trimEnd())
  return (
    <section className="sheet printed" aria-labelledby="printed">
      <div className="printed-head">
        <h2 id="printed">What it printed</h2>
        <CopyButton text={lines.join('\n')} label="output" shown={shown} />
      </div>
      <p className="soft printed-run">
        <span>
          failed at <Moment at={failure.at} />
        </span>
        {failure.durationSeconds !== null && <span>after {duration(failure.durationSeconds * 1_000)}</span>}
        {exitCode !== null && <span>exit code {exitCode}</span>}
        {runId !== null && <span className="key">{runId}</span>}
        {output.length >= CHARACTERS_KEPT && <span>only its end was kept</span>}
      </p>
      <Output lines={lines} telling={lastWords(output)} shown={shown} />
    </section>
  )
}

/** Shows an output of others, as text only, from its end, and marks the lines that say why the job failed. */
function Output({
  lines,
  telling,
  shown,
}: {
  lines: string[]
  telling: string[]
  shown: RefObject<HTMLPreElement | null>
}) {
  const text = lines.join('\n')
  // biome-ignore lint/correctness/useExhaustiveDependencies: another output is shown from its end, too
  useLayoutEffect(() => {
    if (shown.current) shown.current.scrollTop = shown.current.scrollHeight
  }, [text])
  const marked = new Set(telling.map((words) => lines.findLastIndex((line) => tidy(line).endsWith(words))))
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <pre ref={shown} className="code" role="group" tabIndex={0} aria-label="Output" dir="auto">
      {piecesOf(lines, marked).map(({ from, text, isMarked }) => (isMarked ? <mark key={from}>{text}</mark> : text))}
    </pre>
  )
}
