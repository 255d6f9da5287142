import { zoned } from '../../server/text/time.ts'
import { UserError } from './errors.ts'
import type { MuteLength } from './muteService.ts'

const unitMs = new Map([
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
  ['w', 604_800_000],
])

const LONGEST_MS = 366 * 86_400_000

/**
 * Parses how long a mute lasts: `1h`, `90 min`, `2d 6h`, `until 18:00`, `until 2026-12-01 08:00`, `recovered`, `for
 * good`.
 * @returns `null` if it is none of them
 * @throws UserError for a time in the past, or more than a year away
 */
export function parseMute(words: string, nowMs: number, timezone: string): MuteLength | null {
  const text = words
    .trim()
    .toLowerCase()
    .replace(/^for\s+(?!good|ever)/, '')
  if (/^(until )?(it )?(recover(s|ed)?|is back|alive)$/.test(text)) return 'recovered'
  if (/^(for ?)?(good|ever|always)$/.test(text)) return 'good'
  const untilMs = parseMoment(text.replace(/^(until|till|to)\s+/, ''), nowMs, timezone) ?? parseDuration(text, nowMs)
  if (untilMs === null) return null
  if (untilMs <= nowMs) throw new UserError('That time is over already')
  if (untilMs - nowMs > LONGEST_MS) throw new UserError('A mute for a time lasts a year at most; else mute it for good')
  return { untilMs }
}

function parseDuration(text: string, nowMs: number): number | null {
  const parts = [...text.matchAll(/(\d+(?:[.,]\d+)?)\s*([a-z]+)\s*/g)]
  if (parts.length === 0 || parts.map(([whole]) => whole).join('') !== text) return null
  const ms = parts.map(
    ([, count = '', unit = '']) => Number(count.replace(',', '.')) * (unitMs.get(unit[0] ?? '') ?? Number.NaN),
  )
  const known = /^(s|sec|secs|seconds?|m|min|mins|minutes?|h|hrs?|hours?|d|days?|w|weeks?)$/
  return parts.every(([, , unit = '']) => known.test(unit)) ? nowMs + ms.reduce((a, b) => a + b, 0) : null
}

/** Parses `18:00` or a date with a time. A time alone means tomorrow if it has passed today. */
function parseMoment(text: string, nowMs: number, timezone: string): number | null {
  const [, date, hour, minute] = /^(?:(\d{4}-\d{2}-\d{2})[ t]+)?(\d{1,2}):(\d{2})$/.exec(text) ?? []
  if (hour === undefined || minute === undefined) return null
  const now = zoned(nowMs, timezone)
  try {
    const time = Temporal.PlainTime.from(`${hour.padStart(2, '0')}:${minute}`)
    const moment = (date ? Temporal.PlainDate.from(date) : now.toPlainDate()).toZonedDateTime({
      timeZone: now.timeZoneId,
      plainTime: time,
    })
    const later = date || moment.epochMilliseconds > nowMs ? moment : moment.add({ days: 1 })
    return later.epochMilliseconds
  } catch {
    return null
  }
}
