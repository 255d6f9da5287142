import { type Precision, precisionsOf } from '../../server/text/precision.ts'
import { rhythmWithNext } from '../../server/text/rhythm.ts'
import { ago, roughly } from '../../server/text/time.ts'
import { useTicking } from './ticker.ts'
import { bothZones, shortTime } from './words.ts'

/** A moment as `5 minutes ago`, kept up to date. */
export function Ago({ at }: { at: string }) {
  const ms = Date.parse(at)
  const words = useTicking((now) => ago(Math.max(0, now - ms)))
  return (
    <time dateTime={at} title={bothZones(at)}>
      {words}
    </time>
  )
}

/** How exactly each moment of a list is to be shown, so that it differs from its neighbours. */
export const precisions = (moments: readonly string[]) => precisionsOf(moments.map((at) => Date.parse(at)))

/** A moment as `14:02`, with its date unless that is today. */
export function Moment({ at, precision }: { at: string; precision?: Precision | undefined }) {
  const ms = Date.parse(at)
  const words = useTicking((now) => shortTime(ms, now, precision))
  return (
    <time dateTime={at} title={bothZones(at)}>
      {words}
    </time>
  )
}

/** A moment to come as `in 4 min`, and as `now` once it has passed. */
export function Until({ at, before = 'in' }: { at: string; before?: string }) {
  const ms = Date.parse(at)
  const words = useTicking((now) => (ms > now ? `${before} ${roughly(ms - now)}` : 'now'))
  return (
    <time dateTime={at} title={bothZones(at)}>
      {words}
    </time>
  )
}

/** When a service is expected: `daily 03:00 Berlin, next in 5 h`, kept up to date. */
export function Rhythm({ of }: { of: Parameters<typeof rhythmWithNext>[0] }) {
  return <>{useTicking((now) => rhythmWithNext(of, now))}</>
}

/** How long something has lasted: `25 min`. */
export function Lasting({ since }: { since: string }) {
  const ms = Date.parse(since)
  return <>{useTicking((now) => roughly(Math.max(0, now - ms)))}</>
}
