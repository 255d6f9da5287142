import { expect, test } from 'vitest'
import { type Rhythm, rhythmWithNext, rhythmWords, scheduleWords } from '../../server/text/rhythm.ts'

const learned: Rhythm = { medianIntervalSeconds: 300, heartbeatsNeeded: 0 }
const unknown = (heartbeatsNeeded: number): Rhythm => ({ medianIntervalSeconds: null, heartbeatsNeeded })
const cronWords = (expression: string, timezone: string) => scheduleWords({ kind: 'cron', expression, timezone })

test.each<[Rhythm, string]>([
  [{ ...learned, scheduleReadable: 'daily 03:00 UTC' }, 'daily 03:00 UTC'],
  [{ ...unknown(1), scheduleReadable: 'every 5 min' }, 'every 5 min'],
  [learned, 'usually every 5 min'],
  [{ ...learned, medianIntervalSeconds: 90 }, 'usually every 1 min 30 s'],
  [{ ...learned, medianIntervalSeconds: 599.7 }, 'usually every 10 min'],
  [{ ...learned, medianIntervalSeconds: 59.8 }, 'usually every 1 min'],
  [{ ...learned, medianIntervalSeconds: 0.25 }, 'usually every 0.25 s'],
  [unknown(3), '3 more heartbeats to learn'],
  [unknown(1), '1 more heartbeat to learn'],
  [unknown(0), 'not learned yet'],
])('the rhythm %j is "%s"', (rhythm, expected) => {
  expect(rhythmWords(rhythm)).toBe(expected)
})

test.each([
  [300_000, 'every 5 min'],
  [90_000, 'every 1 min 30 s'],
  [2_500, 'every 3 s'],
  [7 * 86_400_000, 'every 7 d'],
])('the period of %d ms is "%s"', (periodMs, expected) => {
  expect(scheduleWords({ kind: 'period', periodMs })).toBe(expected)
})

test.each([
  ['0 3 * * *', 'Europe/Berlin', 'daily 03:00 Berlin'],
  [' 05  3 * * * ', 'America/Argentina/Buenos_Aires', 'daily 03:05 Buenos Aires'],
  ['@daily', 'UTC', 'daily 00:00 UTC'],
  ['30 18 * * 1-5', 'Europe/Moscow', 'weekdays 18:30 Moscow'],
  ['30 18 * * MON-FRI', 'Europe/Moscow', 'weekdays 18:30 Moscow'],
  ['0 9 * * 1', 'UTC', 'weekly Mon 09:00 UTC'],
  ['0 9 * * 0', 'UTC', 'weekly Sun 09:00 UTC'],
  ['0 9 * * 7', 'UTC', 'weekly Sun 09:00 UTC'],
  ['0 9 * * sat', 'UTC', 'weekly Sat 09:00 UTC'],
  ['0 0 1 * *', 'Europe/Berlin', 'monthly 1st 00:00 Berlin'],
  ['0 0 2 * *', 'UTC', 'monthly 2nd 00:00 UTC'],
  ['0 0 11 * *', 'UTC', 'monthly 11th 00:00 UTC'],
  ['0 0 23 * *', 'UTC', 'monthly 23rd 00:00 UTC'],
  ['5 * * * *', 'Asia/Kolkata', 'hourly at :05'],
  ['*/5 * * * *', 'Asia/Kolkata', 'every 5 min'],
  ['*/1 * * * *', 'UTC', 'every minute'],
  ['* * * * *', 'UTC', 'every minute'],
])('the cron line "%s" in %s is "%s"', (line, timezone, expected) => {
  expect(cronWords(line, timezone)).toBe(expected)
})

test.each([
  '10-50/20 2 * * *',
  '*/7 * * * *',
  '*/60 * * * *',
  '0 */6 * * *',
  '0 3,15 * * *',
  '0 3 31 * *',
  '0 3 1 1 *',
  '0 3 1 * 1',
  '0 3 * * 1,4',
  '0 3 * * 5#2',
  '0 3 L * *',
  '0 3 * * mon-wed',
  '* 3 * * *',
])('the cron line "%s" stands as it is, since no simple words would be true', (line) => {
  expect(cronWords(line, 'Europe/Berlin')).toBe(`cron ${line} Berlin`)
})

test('a zone whose sign means the contrary of what people read stays whole', () => {
  expect(cronWords('0 3 * * *', 'Etc/GMT+3')).toBe('daily 03:00 Etc/GMT+3')
  expect(cronWords('0 3 * * *', 'Etc/UTC')).toBe('daily 03:00 UTC')
  expect(cronWords('0 3 * * *', '+05:30')).toBe('daily 03:00 +05:30')
})

test('what is due next is added, while it is to come', () => {
  const now = Date.parse('2026-11-24T22:00:00Z')
  const daily = { ...unknown(1), scheduleReadable: 'daily 03:00 UTC' }
  expect(rhythmWithNext({ ...daily, nextDue: '2026-11-25T03:00:00+00:00' }, now)).toBe('daily 03:00 UTC, next in 5 h')
  expect(rhythmWithNext({ ...daily, nextDue: '2026-11-24T21:59:00+00:00' }, now)).toBe('daily 03:00 UTC')
  expect(rhythmWithNext(learned, now)).toBe('usually every 5 min')
})
