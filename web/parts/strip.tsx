import { memo } from 'react'
import { plural } from '../../server/text/words.ts'
import { useTicking } from '../time/ticker.ts'
import { type Bar, barOf, barsOf, LIMIT_HEIGHT } from './bars.ts'

const BARS = 30
const STEP = 6
const WIDTH = 4
const HEIGHT = 26

interface StripProps {
  /** Newest first. */
  gapsSeconds: readonly number[]
  limitSeconds: number | null
  /** The start of the current silence; `null` if it is not judged. */
  silentSince: string | null
}

/** The newest gaps as bars against the line of the limit, and at the right the current silence as it grows. */
export const Strip = memo(function Strip({ gapsSeconds, limitSeconds, silentSince }: StripProps) {
  const bars = barsOf(gapsSeconds, limitSeconds).reverse()
  const first = BARS - bars.length
  const drawn = (kind: Bar['kind']) =>
    bars.map((bar, index) => (bar.kind === kind ? pathOf(first + index, bar.height) : '')).join('')
  const limitY = HEIGHT * (1 - LIMIT_HEIGHT)
  return (
    <svg
      className="strip"
      width={(BARS + 1) * STEP}
      height={HEIGHT}
      viewBox={`0 0 ${(BARS + 1) * STEP} ${HEIGHT}`}
      role="img"
      aria-label={wordsOf(bars)}
    >
      {limitSeconds !== null && <path className="strip-limit" d={`M0 ${limitY}H${(BARS + 1) * STEP}`} />}
      <path className="strip-on-time" d={drawn('on-time')} />
      <path className="strip-late" d={drawn('late')} />
      <path className="strip-missed" d={drawn('missed')} />
      {silentSince !== null && limitSeconds !== null && <Silence since={silentSince} limitSeconds={limitSeconds} />}
    </svg>
  )
})

function Silence({ since, limitSeconds }: { since: string; limitSeconds: number }) {
  const sinceMs = Date.parse(since)
  const drawn = useTicking((now) => {
    const { height, kind } = barOf((now - sinceMs) / 1_000, limitSeconds)
    return `${kind} ${Math.round(HEIGHT * height)}`
  })
  const [kind, pixels] = drawn.split(' ')
  return <path className={`strip-silence strip-silence-${kind}`} d={pathOf(BARS, Number(pixels) / HEIGHT)} />
}

const pathOf = (column: number, height: number) =>
  `M${column * STEP} ${HEIGHT}v${-Math.round(HEIGHT * height)}h${WIDTH}v${Math.round(HEIGHT * height)}z`

function wordsOf(bars: readonly Bar[]): string {
  if (bars.length === 0) return 'no gaps yet'
  const count = (kind: Bar['kind']) => bars.filter((bar) => bar.kind === kind).length
  const [late, missed] = [count('late'), count('missed')]
  const faults = [missed > 0 && `${missed} too long`, late > 0 && `${late} late`].filter(Boolean)
  return `newest ${plural(bars.length, 'gap')}: ${faults.length > 0 ? faults.join(', ') : 'all in time'}`
}
