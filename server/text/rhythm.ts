import { roughly } from './time.ts'
import { harmless, plural } from './words.ts'

type Schedule =
  | { kind: 'period'; periodMs: number }
  /** A cron line, and the time zone that it is meant in. */
  | { kind: 'cron'; expression: string; timezone: string }

/** Says when a service is expected that has a declared schedule: `daily 03:00 Berlin`, `every 5 min`. */
export const scheduleWords = (schedule: Schedule): string =>
  schedule.kind === 'cron'
    ? cronWords(schedule.expression, schedule.timezone)
    : `every ${lengthOf(schedule.periodMs / 1000)}`

/** What a status tells of when a service is expected. */
export interface Rhythm {
  /** The declared schedule in words. It replaces what was learned. */
  scheduleReadable?: string | undefined
  medianIntervalSeconds: number | null
  heartbeatsNeeded: number
}

/** Says when a service is expected: the schedule in words, `usually every 5 min`, `3 more heartbeats to learn`. */
export function rhythmWords({ scheduleReadable, medianIntervalSeconds, heartbeatsNeeded }: Rhythm): string {
  if (scheduleReadable !== undefined) return scheduleReadable
  if (medianIntervalSeconds !== null) return `usually every ${lengthOf(medianIntervalSeconds)}`
  return heartbeatsNeeded > 0 ? `${plural(heartbeatsNeeded, 'more heartbeat')} to learn` : 'not learned yet'
}

/** Adds when a cron line is due next, unless that is past by now: `daily 03:00 Berlin, next in 5 h`. */
export function rhythmWithNext(rhythm: Rhythm & { nextDue?: string | undefined }, now: number): string {
  const leftMs = rhythm.nextDue === undefined ? 0 : Date.parse(rhythm.nextDue) - now
  return rhythmWords(rhythm) + (leftMs > 0 ? `, next in ${roughly(leftMs)}` : '')
}

/** Of a few minutes the seconds count: 90 s are not two minutes. */
function lengthOf(seconds: number): string {
  const whole = Math.round(seconds)
  const rest = whole % 60
  if (whole < 60 || whole >= 600 || rest === 0) return roughly(seconds * 1000)
  return `${Math.floor(whole / 60)} min ${rest} s`
}

/** A simple cron line in words, and any other as it stands: `cron 10-50/20 2 * * *`. */
function cronWords(line: string, timezone: string): string {
  const fields = (nicknames.get(line.trim().toLowerCase()) ?? line.trim()).split(/\s+/)
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = fields
  const isSimple = fields.length === 5 && month === '*'
  if (isSimple && hour === '*' && day === '*' && weekday === '*') {
    const hourly = hourlyWords(minute)
    if (hourly !== null) return hourly
  }
  const days = isSimple && isNumber(minute) && isNumber(hour) ? dayWords(day, weekday) : null
  if (days === null) return `cron ${harmless(line)} ${zoneName(timezone)}`
  return `${days} ${twoDigits(hour)}:${twoDigits(minute)} ${zoneName(timezone)}`
}

const nicknames = new Map([
  ['@hourly', '0 * * * *'],
  ['@daily', '0 0 * * *'],
  ['@midnight', '0 0 * * *'],
  ['@weekly', '0 0 * * 0'],
  ['@monthly', '0 0 1 * *'],
])

const isNumber = (field: string) => /^\d{1,2}$/.test(field)
const twoDigits = (field: string) => field.padStart(2, '0')

function hourlyWords(minute: string): string | null {
  if (isNumber(minute)) return `hourly at :${twoDigits(minute)}`
  const minutes = minute === '*' ? 1 : Number(/^\*\/(\d{1,2})$/.exec(minute)?.[1])
  // A step that does not divide an hour is shorter at its end.
  if (!(minutes < 60 && 60 % minutes === 0)) return null
  return minutes === 1 ? 'every minute' : `every ${minutes} min`
}

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const ordinals = new Intl.PluralRules('en', { type: 'ordinal' })
const endings: Partial<Record<Intl.LDMLPluralRule, string>> = { one: 'st', two: 'nd', few: 'rd' }

/** Not every month has a day after the 28th. */
const LAST_DAY_OF_ALL_MONTHS = 28

function dayWords(day: string, weekday: string): string | null {
  if (day === '*' && weekday === '*') return 'daily'
  if (day === '*' && /^(1-5|mon-fri)$/i.test(weekday)) return 'weekdays'
  if (day === '*') {
    const index = /^[0-7]$/.test(weekday)
      ? Number(weekday) % 7
      : weekdays.findIndex((name) => name.toLowerCase() === weekday.toLowerCase())
    return index < 0 ? null : `weekly ${weekdays[index]}`
  }
  const date = Number(day)
  if (weekday !== '*' || !isNumber(day) || date > LAST_DAY_OF_ALL_MONTHS) return null
  return `monthly ${date}${endings[ordinals.select(date)] ?? 'th'}`
}

/** `Europe/Berlin` is `Berlin`. In `Etc/GMT+3` the sign means the contrary of what people read, so it stays whole. */
function zoneName(timezone: string): string {
  if (timezone.startsWith('Etc/') && /\d/.test(timezone)) return timezone
  return (timezone.split('/').at(-1) ?? timezone).replaceAll('_', ' ')
}
