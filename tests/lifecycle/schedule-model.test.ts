import { expect, test } from 'vitest'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../db/units.ts'
import { nextDue } from '../../server/lifecycle/schedule.ts'
import { startsOf, type Wall, wallIn } from './crond.ts'

const FROM = Date.UTC(2025, 0, 1)
const TO = Date.UTC(2028, 0, 1)

const LINES = [
  '* * * * *',
  '*/7 * * * *',
  '15 * * * *',
  '0,30 */2 * * *',
  '* 2 * * *',
  '*/20 23 * * *',
  '30 *,5 * * *',
  '* 0 29 2 *',
  '0 0 * * *',
  '0 1 * * *',
  '30 1 * * *',
  '45 1 * * *',
  '0 2 * * *',
  '30 2 * * *',
  '59 2 * * *',
  '0 3 * * *',
  '30 23 * * *',
  '59 23 * * *',
  '30 0-3 * * *',
  '10-50/20 2 * * *',
  '0-59/15 22-23,0-4 * * *',
  '0,*/30 2 * * *',
  '5 0-23/2 * * *',
  '30 23 * * 6',
  '30 23 * * SAT,THU',
  '0 0 * * 7',
  '30 2 */2 * 0',
  '30 0,2,23 1-31/2 * */2',
  '30 2 25-31 MAR,OCT SUN',
  '0 9 */2 * 1',
  '0 9 1,29 * MON-FRI/2',
  '0 0 1 1 *',
]

/** One zone for each set of rules, with the moments at which its clock is set. */
const zones = new Map<string, { timezone: string; changes: number[] }>()
for (const timezone of Intl.supportedValuesOf('timeZone')) {
  const changes = changesOf(timezone)
  if (changes.length > 0) zones.set(JSON.stringify(changes), { timezone, changes: changes.map(({ at }) => at) })
}

/** Changes of three hours and of a whole day, as there were in the past. */
const long = [
  { timezone: 'Antarctica/Casey', changes: ['2021-10-02T16:01Z', '2022-03-12T13:00Z', '2023-03-08T16:00Z'] },
  { timezone: 'Pacific/Apia', changes: ['2011-12-30T10:00Z'] },
  { timezone: 'Pacific/Kwajalein', changes: ['1993-08-21T12:00Z'] },
].map(({ timezone, changes }) => ({ timezone, changes: changes.map((at) => Date.parse(at)) }))

test.each([...zones.values(), ...long])(
  '$timezone is judged as cronie does, at each change',
  ({ timezone, changes }) => {
    for (const change of changes) {
      const wall = wallIn(timezone, change - 26 * HOUR_MS, change + 26 * HOUR_MS)
      expect(wall.shown[26 * 60], 'the clock is set here').not.toBe((wall.shown[26 * 60 - 1] as number) + 1)
      for (const line of LINES) compare(timezone, line, wall, change)
    }
  },
)

test('there is enough to compare', () => {
  const changes = [...zones.values()].flatMap((zone) => zone.changes)
  expect(zones.size).toBeGreaterThan(25)
  expect(changes.length).toBeGreaterThan(150)
})

function compare(timezone: string, line: string, wall: Wall, change: number): void {
  const schedule = { expression: line, timezone }
  const starts = startsOf(line, wall)
  const end = wall.fromMs + wall.shown.length * MINUTE_MS
  const due: number[] = []
  for (let at = nextDue(schedule, wall.fromMs - 1); at < end; at = nextDue(schedule, at)) due.push(at)
  expect(due.map(iso), `${line} in ${timezone}`).toEqual(starts.map(iso))

  for (const moment of momentsAround(change)) {
    const next = starts.find((at) => at > moment)
    if (next !== undefined) expect(iso(nextDue(schedule, moment)), `${line} after ${iso(moment)}`).toBe(iso(next))
  }
}

/** Moments from which the next due time is asked: closely about the change, and some hours away. */
const momentsAround = (change: number) =>
  [-150, -61, -60, -31, -1, 0, 1, 29, 31, 59, 60, 61, 119, 121, 200].flatMap((minutes) => [
    change + minutes * MINUTE_MS - 1,
    change + minutes * MINUTE_MS,
  ])

const iso = (ms: number) => new Date(ms).toISOString()

/** When a zone's clock is set, and its minutes ahead of UTC before and after. */
interface Change {
  at: number
  before: number
  after: number
}

/** Each change of a zone's clock within the years. Found by `Intl`, day by day. */
function changesOf(timezone: string): Change[] {
  const format = new Intl.DateTimeFormat('en', { timeZone: timezone, timeZoneName: 'longOffset', year: 'numeric' })
  const offsetAt = (ms: number) => {
    const [, sign, hours, minutes] = /GMT(?:([+-])(\d+):(\d+))?$/.exec(format.format(ms)) ?? []
    return (sign === '-' ? -1 : 1) * (60 * Number(hours ?? 0) + Number(minutes ?? 0))
  }
  const changes: Change[] = []
  let before = offsetAt(FROM)
  for (let day = FROM + DAY_MS; day <= TO; day += DAY_MS) {
    const after = offsetAt(day)
    if (after === before) continue
    let [low, high] = [day - DAY_MS, day]
    while (high - low > MINUTE_MS) {
      const middle = low + Math.floor((high - low) / 2 / MINUTE_MS) * MINUTE_MS
      if (offsetAt(middle) === before) low = middle
      else high = middle
    }
    changes.push({ at: high, before, after })
    before = after
  }
  return changes
}
