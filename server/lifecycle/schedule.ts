import { CronDate, CronPattern } from 'croner'
import { LRUCache } from 'lru-cache'
import { HOUR_MS } from '../../db/units.ts'
import { type Stretch, stretchAt } from './zone.ts'

/** A schedule that a user has declared. It replaces the learned cadence. */
export type Schedule =
  | { kind: 'period'; periodMs: number; graceMs: number }
  | { kind: 'cron'; expression: string; timezone: string; graceMs: number }

export type CronSchedule = Extract<Schedule, { kind: 'cron' }>

export const DEFAULT_CRON_GRACE_MS = 5 * 60_000

/**
 * The first due time after a moment, as vixie cron and cronie have it (`main` and `find_jobs` in cronie's `cron.c`).
 * When the clock is set, a fixed time that is skipped is due at once, and one that is repeated is due the first time.
 * A line whose minute or hour begins with `*` has no fixed times: it is due whenever the clock on the wall says so.
 */
export function nextDue(schedule: Pick<CronSchedule, 'expression' | 'timezone'>, afterMs: number): number {
  const line = lineOf(schedule.expression)
  let stretch = stretchAt(schedule.timezone, afterMs)
  let atMs = afterMs
  // What a clock shows is written as if it were UTC. The line's next time after `searchedMs` is `foundMs`.
  let searchedMs = Number.POSITIVE_INFINITY
  let foundMs = Number.NEGATIVE_INFINITY
  // From one change of the clock to the next, until the line's next time comes before a change.
  for (;;) {
    const shownMs = shownAt(atMs, stretch, line)
    if (shownMs < searchedMs || shownMs >= foundMs) {
      searchedMs = shownMs
      foundMs = nextTime(line, shownMs)
    }
    const dueMs = Math.max(foundMs - stretch.offsetMs, stretch.fromMs)
    if (dueMs < stretch.untilMs) return dueMs
    atMs = stretch.untilMs - 1
    stretch = stretchAt(schedule.timezone, stretch.untilMs)
  }
}

/** Whether a stored line can be due at all. One that an older version took may be refused now. */
export function isEverDue(expression: string): boolean {
  try {
    return lineOf(expression).isEverDue
  } catch {
    return false
  }
}

/** What is wrong with a cron line, as a sentence, or `null`. */
export function cronFault(expression: string, nowMs: number): string | null {
  const isNickname = /^\s*@/.test(expression)
  if (!isNickname && expression.trim().split(/\s+/).length !== 5)
    return 'a cron line has five fields: minute hour day month weekday'
  try {
    nextDue({ expression, timezone: 'UTC' }, nowMs)
    return null
  } catch (error) {
    return (error as Error).message.replace(/^CronPattern: /, '')
  }
}

/**
 * To cron, a longer change corrects a wrong clock: what it skips is lost, and what it repeats is due again. Its own
 * minute counts too, so three hours forward are longer and three hours back are not.
 */
const LONGEST_CHANGE_MS = 3 * HOUR_MS

/** What the clock that a line goes by shows at a moment in a stretch, or just before the stretch begins. */
function shownAt(ms: number, { fromMs, offsetMs, setByMs }: Stretch, { isFixed }: Line): number {
  const onWallMs = ms + offsetMs
  if (!isFixed || setByMs >= LONGEST_CHANGE_MS || setByMs < -LONGEST_CHANGE_MS) return onWallMs
  const beforeChangeMs = fromMs + offsetMs - setByMs - 1
  return ms < fromMs ? beforeChangeMs : Math.max(onWallMs, beforeChangeMs)
}

interface Line {
  expression: string
  pattern: CronPattern
  /** Whether date and weekday must both match. */
  needsBothDays: boolean
  /** Whether it is due at fixed times. If not, it follows the clock on the wall. */
  isFixed: boolean
  isEverDue: boolean
}

function nextTime(line: Line, shownMs: number): number {
  const next = new CronDate(new Date(shownMs), 0).increment(line.pattern, { domAndDow: line.needsBothDays }, false)
  if (!next) throw new RangeError(`cron line "${line.expression}" is never due again`)
  return next.getTime()
}

/** A line takes about 2.6 KB in the cache, and 12 µs to be read again. */
const MOST_LINES = 4_000

const cache = new LRUCache<string, Line>({ max: MOST_LINES, memoMethod: readLine })

const lineOf = (expression: string): Line => cache.memo(expression)

function readLine(expression: string): Line {
  const pattern = new CronPattern(expression, undefined, { mode: '5-part' })
  // A line of five fields has no year, and croner's list of all years would be 80 KB of each line in the cache.
  pattern.year = []
  // croner has spelt out nicknames such as `@daily` here, and takes `?` for `*`.
  const fields = pattern.pattern.trim().split(/\s+/)
  const [minute, hour, date, , weekday] = fields.map((field) => /^[*?]/.test(field))
  const needsBothDays = Boolean(date || weekday)
  const isEverDue = new CronDate(new Date(0), 0).increment(pattern, { domAndDow: needsBothDays }, false) !== null
  return { expression, pattern, needsBothDays, isFixed: !minute && !hour, isEverDue }
}
