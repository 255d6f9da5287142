import { expect, test } from 'vitest'
import { ago, duration, isoIn } from '../../server/text/time.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../helpers/clock.ts'

test.each<[string, string, string, string]>([
  ['UTC has an offset as well', 'UTC', '2026-11-23T19:20:01.123Z', '2026-11-23T19:20:01.123+00:00'],
  ['Moscow is three hours ahead', 'Europe/Moscow', '2026-11-23T19:20:01.123Z', '2026-11-23T22:20:01.123+03:00'],
  ['the date follows the zone', 'Europe/Moscow', '2026-12-31T21:00:00.000Z', '2027-01-01T00:00:00.000+03:00'],
  ['half an hour counts', 'Asia/Kolkata', '2026-11-23T12:00:00.000Z', '2026-11-23T17:30:00.000+05:30'],
  ['a quarter counts', 'Asia/Kathmandu', '2026-11-23T12:00:00.000Z', '2026-11-23T17:45:00.000+05:45'],
  ['Newfoundland is behind by 3:30', 'America/St_Johns', '2026-11-23T02:00:00.000Z', '2026-11-22T22:30:00.000-03:30'],
  ['Berlin before the jump', 'Europe/Berlin', '2026-03-29T00:59:59.999Z', '2026-03-29T01:59:59.999+01:00'],
  ['Berlin at the jump', 'Europe/Berlin', '2026-03-29T01:00:00.000Z', '2026-03-29T03:00:00.000+02:00'],
  [
    'Berlin, half past two for the first time',
    'Europe/Berlin',
    '2026-10-25T00:30:00.000Z',
    '2026-10-25T02:30:00.000+02:00',
  ],
  ['Berlin, half past two again', 'Europe/Berlin', '2026-10-25T01:30:00.000Z', '2026-10-25T02:30:00.000+01:00'],
  ['New York before the jump', 'America/New_York', '2026-03-08T06:59:59.999Z', '2026-03-08T01:59:59.999-05:00'],
  ['New York at the jump', 'America/New_York', '2026-03-08T07:00:00.000Z', '2026-03-08T03:00:00.000-04:00'],
  [
    'Lord Howe before it steps half an hour',
    'Australia/Lord_Howe',
    '2026-10-03T15:29:59.999Z',
    '2026-10-04T01:59:59.999+10:30',
  ],
  ['Lord Howe after it', 'Australia/Lord_Howe', '2026-10-03T15:30:00.000Z', '2026-10-04T02:30:00.000+11:00'],
  [
    'Lord Howe before it steps back',
    'Australia/Lord_Howe',
    '2026-04-04T14:59:59.999Z',
    '2026-04-05T01:59:59.999+11:00',
  ],
  [
    'Lord Howe after it stepped back',
    'Australia/Lord_Howe',
    '2026-04-04T15:00:00.000Z',
    '2026-04-05T01:30:00.000+10:30',
  ],
])('%s', (_title, timezone, utc, expected) => {
  expect(isoIn(timezone)(Date.parse(utc))).toBe(expected)
})

test('one formatter keeps the offsets on both sides of a change apart', () => {
  const iso = isoIn('Europe/Berlin')
  const jump = Date.UTC(2026, 2, 29, 1)
  expect([jump - 1, jump, jump - 1].map(iso)).toEqual([
    '2026-03-29T01:59:59.999+01:00',
    '2026-03-29T03:00:00.000+02:00',
    '2026-03-29T01:59:59.999+01:00',
  ])
})

test('what is written can be read back to the millisecond', () => {
  const iso = isoIn('Australia/Lord_Howe')
  const repeated = Date.UTC(2026, 3, 4, 15)
  for (let ms = repeated - HOUR; ms <= repeated + HOUR; ms += 7 * MINUTE + 1) expect(Date.parse(iso(ms))).toBe(ms)
})

test.each<[number, string]>([
  [-5 * SECOND, 'just now'],
  [0, 'just now'],
  [999, 'just now'],
  [1 * SECOND, '1 second ago'],
  [59_999, '59 seconds ago'],
  [1 * MINUTE, '1 minute ago'],
  [5 * MINUTE, '5 minutes ago'],
  [1 * HOUR - 1, '59 minutes ago'],
  [1 * HOUR, '1 hour ago'],
  [1 * DAY - 1, '23 hours ago'],
  [1 * DAY, '1 day ago'],
  [400 * DAY, '400 days ago'],
])('%i ms since are told as "%s"', (elapsedMs, expected) => {
  expect(ago(elapsedMs)).toBe(expected)
})

test.each<[number, string]>([
  [0, '0 s'],
  [1, '0.001 s'],
  [1_500, '1.5 s'],
  [9_999, '9.999 s'],
  [10_400, '10 s'],
  [45 * SECOND, '45 s'],
  [59_499, '59 s'],
  [59_500, '1 min'],
  [59_999, '1 min'],
  [1 * MINUTE, '1 min'],
  [89_999, '1 min'],
  [90 * SECOND, '2 min'],
  [59 * MINUTE + 29_999, '59 min'],
  [59 * MINUTE + 30 * SECOND, '1 h'],
  [2 * HOUR + 5 * MINUTE, '2 h 5 min'],
  [23 * HOUR + 59 * MINUTE + 30 * SECOND, '1 d'],
  [1 * DAY + 5 * MINUTE, '1 d'],
  [7 * DAY + 3 * HOUR + 20 * MINUTE, '7 d 3 h'],
])('%i ms last "%s"', (ms, expected) => {
  expect(duration(ms)).toBe(expected)
})
