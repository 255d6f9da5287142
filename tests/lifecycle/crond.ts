import { DAY_MS, MINUTE_MS } from '../../db/units.ts'

/**
 * A model of cronie's daemon that wakes at every minute, to compare with. It shares no code with `nextDue`: it reads
 * lines by itself, and knows zones by `Intl`. Sources: cronie's `src/cron.c` (its main loop) and `src/entry.c`.
 */

/** What a clock on the wall shows, minute by minute, in minutes as if it were UTC. */
export interface Wall {
  fromMs: number
  shown: number[]
}

export function wallIn(timezone: string, fromMs: number, toMs: number): Wall {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone: timezone, dateStyle: 'short', timeStyle: 'medium' })
  const shown: number[] = []
  for (let at = fromMs; at < toMs; at += MINUTE_MS) {
    const parts = format.format(at).match(/\d+/g) ?? []
    const [day, month, year, hour, minute] = parts.map(Number) as [number, number, number, number, number]
    shown.push(Date.UTC(year, month - 1, day, hour, minute) / MINUTE_MS)
  }
  return { fromMs, shown }
}

/** The moments at which crond starts the job of a line. */
export function startsOf(line: string, { fromMs, shown }: Wall): number[] {
  const job = jobOf(line)
  const starts: number[] = []
  // The last minute for which crond has started fixed jobs. It does not go back when the clock does.
  let virtual = (shown[0] as number) - 1
  for (const [index, clock] of shown.entries()) {
    const late = clock - virtual
    const isSetAnew = Math.abs(late) > 3 * 60
    let isDue = false
    if (job.isWild || isSetAnew || late === 1) isDue = job.matches(clock)
    else for (let minute = virtual + 1; minute <= clock; minute++) isDue ||= job.matches(minute)
    if (late > 0 || isSetAnew) virtual = clock
    if (isDue) starts.push(fromMs + index * MINUTE_MS)
  }
  return starts
}

interface Job {
  isWild: boolean
  matches(minute: number): boolean
}

const MONTHS = ['', 'jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

function jobOf(line: string): Job {
  const [minute = '', hour = '', date = '', month = '', day = ''] = line.split(' ')
  const minutes = valuesOf(minute, 0, 59)
  const hours = valuesOf(hour, 0, 23)
  const dates = valuesOf(date, 1, 31)
  const months = valuesOf(month, 1, 12, MONTHS)
  const days = valuesOf(day, 0, 7, DAYS)
  const wantsBoth = date.startsWith('*') || day.startsWith('*')
  const isDay = (at: Date) => {
    const isDate = dates.has(at.getUTCDate())
    const isWeekday = days.has(at.getUTCDay()) || (at.getUTCDay() === 0 && days.has(7))
    return months.has(at.getUTCMonth() + 1) && (wantsBoth ? isDate && isWeekday : isDate || isWeekday)
  }
  const known = new Map<number, boolean>()
  return {
    isWild: minute.startsWith('*') || hour.startsWith('*'),
    matches(clock) {
      if (!minutes.has(clock % 60) || !hours.has(Math.floor(clock / 60) % 24)) return false
      const date = Math.floor(clock / 1440)
      if (!known.has(date)) known.set(date, isDay(new Date(date * DAY_MS)))
      return known.get(date) as boolean
    },
  }
}

function valuesOf(field: string, low: number, high: number, names: string[] = []): Set<number> {
  const numberOf = (text: string) => (/^\d+$/.test(text) ? Number(text) : names.indexOf(text.toLowerCase()))
  const values = new Set<number>()
  for (const range of field.split(',')) {
    const [span = '', step = '1'] = range.split('/')
    const [first = '', last = first] = span === '*' ? [`${low}`, `${high}`] : span.split('-')
    for (let value = numberOf(first); value <= numberOf(last); value += Number(step)) values.add(value)
  }
  return values
}
