import { table } from './table.ts'

/** A service in the answer of `GET /status`. */
export interface Service {
  service_key: string
  display_name: string
  status: 'unknown' | 'alive' | 'down' | 'dead'
  paused: boolean
  last_heartbeat_readable: string | null
  median_interval_seconds: number | null
  heartbeats_needed: number
  /** A declared schedule in words, and when its cron line is due next. */
  schedule_readable?: string
  next_due?: string
  /** Why it is down, and what a failing job said. */
  down_reason?: string
  down_note?: string
  /** ISO 8601 in the monitor's zone. */
  status_since: string
}

type Look = Service['status'] | 'paused'

/** How each status looks, in the order in which they are shown. */
const looks: Record<Look, { symbol: string; colour: string }> = {
  down: { symbol: '✗', colour: '31;1' },
  dead: { symbol: '†', colour: '31' },
  unknown: { symbol: '?', colour: '33' },
  alive: { symbol: '✓', colour: '32' },
  paused: { symbol: '‖', colour: '2' },
}

const HEAD = ['STATUS', 'NAME', 'SINCE', 'LAST HEARTBEAT', 'RHYTHM', 'KEY'].map((text) => ({ text, colour: '2' }))

/** Whether a service is down or dead, and not paused. */
export const isBad = (service: Service): boolean => ['down', 'dead'].includes(lookOf(service))

const lookOf = ({ status, paused }: Service): Look => (paused ? 'paused' : status)

/** A table of all services, those that are down first, and a count of each status. */
export function overview(
  services: readonly Service[],
  { now, isColoured }: { now: string; isColoured: boolean },
): string {
  const groups = (Object.keys(looks) as Look[])
    .map((look) => ({ look, members: services.filter((one) => lookOf(one) === look) }))
    .filter(({ members }) => members.length > 0)
  const rows = groups.flatMap(({ look, members }) => members.map((one) => rowOf(one, look, now)))
  const counts = groups.map(({ look, members }) => `${members.length} ${look}`)
  return `${table([HEAD, ...rows], isColoured)}\n${counts.join(', ')}\n`
}

function rowOf(one: Service, look: Look, now: string) {
  const { symbol, colour } = looks[look]
  return [
    { text: `${symbol} ${look}`, colour },
    { text: one.display_name, colour: look === 'down' ? '1' : undefined },
    { text: momentOf(one.status_since, now) },
    { text: one.last_heartbeat_readable ?? 'none yet' },
    { text: failureOf(one, look) ?? rhythmOf(one, now) },
    { text: one.service_key, colour: '2' },
  ]
}

/** A moment as a time of day, with the date if that is another day than `now`. */
function momentOf(at: string, now: string): string {
  const day = at.slice(0, 10)
  const time = at.slice(11, 16)
  return day === now.slice(0, 10) ? time : `${day} ${time}`
}

/** Why a service is down of which no rhythm is known, so that it would only be said how many heartbeats that takes. */
function failureOf(one: Service, look: Look): string | undefined {
  const { down_reason: reason, down_note: note, schedule_readable: words, median_interval_seconds: seconds } = one
  if (look !== 'down' || reason === undefined || words !== undefined || seconds !== null) return undefined
  const why = reason === 'fail' ? 'failed' : reason === 'run' ? 'a run has not ended' : reason
  return note === undefined ? why : `${why}: ${note}`
}

/** The same words as on the page; those for a schedule come from the monitor. */
function rhythmOf(one: Service, now: string): string {
  const { schedule_readable: words, next_due: due, median_interval_seconds: seconds, heartbeats_needed: needed } = one
  if (words !== undefined) {
    const left = due === undefined ? 0 : (Date.parse(due) - Date.parse(now)) / 1_000
    return left > 0 ? `${words}, next in ${durationOf(left)}` : words
  }
  if (seconds !== null) return `usually every ${durationOf(seconds)}`
  return needed > 0 ? `${needed} more ${needed === 1 ? 'heartbeat' : 'heartbeats'} to learn` : 'not learned yet'
}

const units = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const

/** A length of time in two units at most, e.g. `1 h 30 min`. */
function durationOf(seconds: number): string {
  if (seconds < 10) return `${Number(seconds.toPrecision(2))} s`
  const first = units.findIndex(([, size]) => Math.round(seconds) >= size)
  const [unit, size] = units[first] ?? units[3]
  const [smaller, smallerSize] = units[first + 1] ?? [undefined, size]
  const parts = Math.round(seconds / smallerSize)
  const more = parts % (size / smallerSize)
  const whole = `${Math.floor((parts * smallerSize) / size)} ${unit}`
  return smaller && more > 0 ? `${whole} ${more} ${smaller}` : whole
}
