import { expect, test } from 'vitest'
import { between, type Precision, precisionsOf } from '../../server/text/precision.ts'
import { localTime } from '../../server/text/time.ts'

const at = (time: string) => Date.parse(`2026-10-25T${time}Z`)

test.each<[string[], Precision[]]>([
  [[], []],
  [['09:00:07'], ['minute']],
  [
    ['09:03', '09:02', '09:01'],
    ['minute', 'minute', 'minute'],
  ],
  [
    ['09:02', '09:01:50', '09:01:10', '09:00:59.999'],
    ['minute', 'second', 'second', 'minute'],
  ],
  [
    ['09:01:10.500', '09:01:10.499', '09:01:09'],
    ['millisecond', 'millisecond', 'second'],
  ],
  [
    ['09:01:10.250', '09:01:10.250'],
    ['second', 'second'],
  ],
  // What lies apart in the list need not be told apart.
  [
    ['09:01:10', '09:00', '09:01:20'],
    ['minute', 'minute', 'minute'],
  ],
])('the moments %j are told by the %j', (times, expected) => {
  expect(precisionsOf(times.map(at))).toEqual(expected)
})

test('moments in the same minute and far apart differ by their date', () => {
  expect(between(at('09:01:10'), at('09:01:20') + 86_400_000)).toBe('minute')
})

test.each<[Precision, string]>([
  ['minute', '24 Oct 11:01'],
  ['second', '24 Oct 11:01:07'],
  ['millisecond', '24 Oct 11:01:07.250'],
])('a time by the %s is "%s"', (precision, expected) => {
  expect(localTime(at('09:01:07.250') - 86_400_000, at('09:00'), 'Europe/Berlin', precision)).toBe(expected)
})
