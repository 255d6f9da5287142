import { expect, test } from 'vitest'
import { timezoneFault } from '../../server/input/timezone.ts'
import { stretchAt } from '../../server/lifecycle/zone.ts'
import { slotsAround } from '../../server/summary/when.ts'
import { isoIn, localTime } from '../../server/text/time.ts'
import { isTimeZone, zoneOf } from '../../server/text/timezone.ts'

const NOW = Date.UTC(2026, 10, 23, 12)

test.each<[string, boolean]>([
  ['Europe/Moscow', true],
  ['europe/moscow', true],
  ['Asia/Rangoon', true],
  ['UTC', true],
  ['+03:00', true],
  ['Europe/Moskau', false],
  ['PST', false],
  ['SystemV/EST5EDT', false],
  ['', false],
])('whether "%s" is a time zone: %s', (name, expected) => {
  expect(isTimeZone(name)).toBe(expected)
})

test('what is a time zone can be reckoned with everywhere, and so can what the page offers', () => {
  for (const name of Intl.supportedValuesOf('timeZone')) expect(isTimeZone(name), name).toBe(true)
  const names = [...Intl.supportedValuesOf('timeZone'), 'PST', 'SystemV/PST8', 'Mars/Base', '']
  for (const name of names) {
    expect(isoIn(name)(NOW)).toContain('2026-11-2')
    expect(localTime(NOW, NOW, name)).toMatch(/^\d\d:\d\d$/)
    expect(stretchAt(name, NOW).untilMs).toBeGreaterThan(NOW)
    expect(slotsAround({ time: '09:00', timezone: name, everyMs: null }, NOW).nextAt).toBeGreaterThan(NOW)
  }
})

test.each<[string, string | null]>([
  ['PST', 'America/Los_Angeles'],
  ['JST', 'Asia/Tokyo'],
  ['SystemV/EST5EDT', 'America/New_York'],
  ['SystemV/AST4ADT', 'America/Halifax'],
  ['SystemV/PST8', 'Etc/GMT+8'],
  ['Europe/Berlin', 'Europe/Berlin'],
  ['Mars/Base', null],
])('an older version stored "%s": it is reckoned as %s', (name, expected) => {
  expect(zoneOf(name)).toBe(expected)
})

test.each<[string, string]>([
  ['PST', 'must be a time zone, and PST is none: use America/Los_Angeles'],
  ['bst', 'must be a time zone, and bst is none: use Europe/London'],
  ['CEST', 'must be a time zone, and CEST is none: use Europe/Berlin'],
  ['Europe/Berln', 'must be a time zone, and Europe/Berln is none: did you mean Europe/Berlin?'],
  ['Berlin', 'must be a time zone, and Berlin is none: use Europe/Berlin'],
  ['new york', 'must be a time zone, and new york is none: use America/New_York'],
  ['UTC+3', 'must be a time zone, and UTC+3 is none: use +03:00'],
  ['GMT-3:30', 'must be a time zone, and GMT-3:30 is none: use -03:30'],
  ['UTC+99', 'must be a time zone, and UTC+99 is none: use one of the IANA list, e.g. Europe/Berlin'],
  [
    'x'.repeat(50_000),
    `must be a time zone, and ${'x'.repeat(39)}… is none: use one of the IANA list, e.g. Europe/Berlin`,
  ],
])('what to use for "%.20s"', (name, expected) => {
  expect(timezoneFault(name)).toBe(expected)
})
