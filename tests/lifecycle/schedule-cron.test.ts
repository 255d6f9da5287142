import { describe, expect, test } from 'vitest'
import { cronFault, nextDue } from '../../server/lifecycle/schedule.ts'

/** A cron line, a moment, and the due times after it. Times are in UTC. The right values were worked out by hand. */
type Row = [expression: string, after: string, due: string[], why: string]

const check = (timezone: string) => (expression: string, after: string, due: string[]) => {
  const times: string[] = []
  for (let at = Date.parse(after); times.length < due.length; ) {
    at = nextDue({ expression, timezone }, at)
    times.push(new Date(at).toISOString().replace(':00.000Z', 'Z'))
  }
  expect(times).toEqual(due)
}

describe('both day fields must match if either begins with *, else one is enough', () => {
  test.each<Row>([
    [
      '0 9 */2 * 1',
      '2026-11-23T09:00Z',
      ['2026-12-07T09:00Z', '2026-12-21T09:00Z', '2027-01-11T09:00Z'],
      'odd Mondays',
    ],
    ['0 9 */2 * MON', '2026-11-23T09:00Z', ['2026-12-07T09:00Z', '2026-12-21T09:00Z'], 'the same by name'],
    ['0 9 1 * */2', '2026-11-23T09:00Z', ['2026-12-01T09:00Z', '2027-04-01T09:00Z'], 'a 1st on Sun, Tue, Thu or Sat'],
    ['0 9 15 * */1', '2026-11-23T09:00Z', ['2026-12-15T09:00Z', '2027-01-15T09:00Z'], 'any weekday, so the 15th'],
    ['0 9 *,13 * 5', '2026-11-23T09:00Z', ['2026-11-27T09:00Z', '2026-12-04T09:00Z'], 'any date, so Fridays'],
    ['0 9 ? * 5', '2026-11-23T09:00Z', ['2026-11-27T09:00Z', '2026-12-04T09:00Z'], '? is *'],
    ['0 9 1-31/2 * 1', '2026-11-28T10:00Z', ['2026-11-29T09:00Z', '2026-11-30T09:00Z', '2026-12-01T09:00Z'], 'either'],
    ['0 9 13,*/10 * 5', '2026-12-01T10:00Z', ['2026-12-04T09:00Z', '2026-12-11T09:00Z', '2026-12-13T09:00Z'], 'either'],
    ['0 9 13 * 0-7', '2026-12-01T10:00Z', ['2026-12-02T09:00Z', '2026-12-03T09:00Z'], 'either, so every day'],
    ['0 9 */31 * 1', '2026-11-23T09:00Z', ['2027-02-01T09:00Z', '2027-03-01T09:00Z'], 'a 1st on a Monday'],
  ])('%s after %s: %s (%s)', check('UTC'))
})

describe('names, steps, 7 and nicknames', () => {
  test.each<Row>([
    ['0 9 * * mon-FRI/2', '2026-11-23T09:00Z', ['2026-11-25T09:00Z', '2026-11-27T09:00Z', '2026-11-30T09:00Z'], ''],
    ['0 9 * JAN,mar Sun', '2026-11-23T09:00Z', ['2027-01-03T09:00Z', '2027-01-10T09:00Z'], ''],
    ['0 9 * * 5-7', '2026-11-27T09:00Z', ['2026-11-28T09:00Z', '2026-11-29T09:00Z', '2026-12-04T09:00Z'], ''],
    ['0 9 * * 1-7/3', '2026-11-23T09:00Z', ['2026-11-26T09:00Z', '2026-11-29T09:00Z', '2026-11-30T09:00Z'], ''],
    ['0 0 1 jan-apr/3 *', '2026-11-23T09:00Z', ['2027-01-01T00:00Z', '2027-04-01T00:00Z'], ''],
    ['@hourly', '2026-11-23T09:00Z', ['2026-11-23T10:00Z'], ''],
    ['@daily', '2026-11-23T09:00Z', ['2026-11-24T00:00Z'], ''],
    ['@Midnight', '2026-11-23T09:00Z', ['2026-11-24T00:00Z'], ''],
    ['@weekly', '2026-11-23T09:00Z', ['2026-11-29T00:00Z'], ''],
    ['@monthly', '2026-11-23T09:00Z', ['2026-12-01T00:00Z'], ''],
    ['@yearly', '2026-11-23T09:00Z', ['2027-01-01T00:00Z'], ''],
    ['@annually', '2026-11-23T09:00Z', ['2027-01-01T00:00Z'], ''],
    ['0 0 29 2 */7', '2026-11-23T09:00Z', ['2032-02-29T00:00Z', '2060-02-29T00:00Z'], 'a leap day on a Sunday'],
  ])('%s after %s: %s', check('UTC'))
})

describe('lists and steps of fixed fields are fixed times: at once when skipped, and once when repeated', () => {
  test.each<[timezone: string, ...Row]>([
    [
      'Europe/Berlin',
      '10-50/20 2 * * *',
      '2026-10-24T12:00Z',
      ['2026-10-25T00:10Z', '2026-10-25T00:30Z', '2026-10-25T00:50Z', '2026-10-26T01:10Z'],
      'none in the repeated hour',
    ],
    [
      'Europe/Berlin',
      '10-50/20 2 * * *',
      '2026-03-28T12:00Z',
      ['2026-03-29T01:00Z', '2026-03-30T00:10Z'],
      'three that are skipped are due together',
    ],
    [
      'Europe/Berlin',
      '0,*/30 2 * * *',
      '2026-10-25T00:00Z',
      ['2026-10-25T00:30Z', '2026-10-26T01:00Z'],
      'it does not begin with *',
    ],
    [
      'Europe/Berlin',
      '5 0-23/2 * * *',
      '2026-10-24T22:05Z',
      ['2026-10-25T00:05Z', '2026-10-25T03:05Z'],
      'hours by range and step',
    ],
    [
      'America/New_York',
      '0-59/15 1 * * *',
      '2026-11-01T05:15Z',
      ['2026-11-01T05:30Z', '2026-11-01T05:45Z', '2026-11-02T06:00Z'],
      'none in the repeated hour',
    ],
    [
      'Australia/Lord_Howe',
      '0-45/15 2 * * *',
      '2026-10-03T12:00Z',
      ['2026-10-03T15:30Z', '2026-10-03T15:45Z', '2026-10-04T15:00Z'],
      'half an hour is skipped',
    ],
    [
      'Australia/Lord_Howe',
      '30-45/15 1 * * *',
      '2026-04-04T12:00Z',
      ['2026-04-04T14:30Z', '2026-04-04T14:45Z', '2026-04-05T15:00Z'],
      'half an hour is repeated',
    ],
    [
      'Antarctica/Troll',
      '30 1,2 * * *',
      '2026-03-28T12:00Z',
      ['2026-03-29T01:00Z', '2026-03-29T23:30Z'],
      'two hours are skipped',
    ],
  ])('in %s: %s after %s: %s (%s)', (timezone, expression, after, due) => check(timezone)(expression, after, due))
})

describe('a line whose minute or hour begins with * follows the clock on the wall', () => {
  test.each<[timezone: string, ...Row]>([
    [
      'Europe/Berlin',
      '*/30 2 * * *',
      '2026-10-24T12:00Z',
      ['2026-10-25T00:00Z', '2026-10-25T00:30Z', '2026-10-25T01:00Z', '2026-10-25T01:30Z', '2026-10-26T01:00Z'],
      'due in both hours',
    ],
    ['Europe/Berlin', '*/30 2 * * *', '2026-03-28T12:00Z', ['2026-03-30T00:00Z'], 'not due at all'],
    [
      'Europe/Berlin',
      '5 */2 * * *',
      '2026-10-24T22:05Z',
      ['2026-10-25T00:05Z', '2026-10-25T01:05Z', '2026-10-25T03:05Z'],
      '02:05 comes twice',
    ],
    [
      'Australia/Lord_Howe',
      '*/15 2 * * *',
      '2026-10-03T12:00Z',
      ['2026-10-03T15:30Z', '2026-10-03T15:45Z', '2026-10-04T15:00Z'],
      '02:00 and 02:15 do not come',
    ],
    [
      'America/Nuuk',
      '*/30 23 * * 6',
      '2026-10-25T00:00Z',
      ['2026-10-25T00:30Z', '2026-10-25T01:00Z', '2026-10-25T01:30Z', '2026-11-01T01:00Z'],
      'the last hour of Saturday comes twice',
    ],
    [
      'Europe/Berlin',
      '* 2 25 10 *',
      '2026-10-25T00:59Z',
      ['2026-10-25T01:00Z', '2026-10-25T01:01Z'],
      'its next time comes again before next year',
    ],
  ])('in %s: %s after %s: %s (%s)', (timezone, expression, after, due) => check(timezone)(expression, after, due))
})

describe('a clock that is set over midnight loses no day and doubles none', () => {
  test.each<[timezone: string, ...Row]>([
    [
      'America/Nuuk',
      '30 23 * * *',
      '2026-03-27T12:00Z',
      ['2026-03-28T01:30Z', '2026-03-29T01:00Z', '2026-03-30T00:30Z'],
      'from Saturday 23:00 to Sunday 00:00',
    ],
    [
      'America/Nuuk',
      '30 23 * * 6',
      '2026-03-28T12:00Z',
      ['2026-03-29T01:00Z', '2026-04-05T00:30Z'],
      'a Saturday still',
    ],
    ['America/Nuuk', '0 0 * * 0', '2026-03-28T12:00Z', ['2026-03-29T01:00Z', '2026-04-05T01:00Z'], 'already a Sunday'],
    [
      'America/Nuuk',
      '30 23 * * *',
      '2026-10-24T12:00Z',
      ['2026-10-25T00:30Z', '2026-10-26T01:30Z'],
      'back to Saturday',
    ],
    [
      'America/Nuuk',
      '0 0 * * *',
      '2026-10-24T12:00Z',
      ['2026-10-25T02:00Z', '2026-10-26T02:00Z'],
      'midnight comes late',
    ],
    [
      'Africa/Cairo',
      '30 0 * * *',
      '2026-04-23T12:00Z',
      ['2026-04-23T22:00Z', '2026-04-24T21:30Z'],
      'from 00:00 to 01:00',
    ],
    ['Africa/Cairo', '0 0 * * FRI', '2026-04-23T12:00Z', ['2026-04-23T22:00Z', '2026-04-30T21:00Z'], 'midnight itself'],
    [
      'Africa/Cairo',
      '30 23 * * 4',
      '2026-10-29T12:00Z',
      ['2026-10-29T20:30Z', '2026-11-05T21:30Z'],
      'from 24:00 to 23:00',
    ],
    ['Asia/Beirut', '15 0 29 3 *', '2026-03-28T12:00Z', ['2026-03-28T22:00Z', '2027-03-28T21:15Z'], 'by its date'],
    [
      'Asia/Beirut',
      '45 23 * * *',
      '2026-10-24T12:00Z',
      ['2026-10-24T20:45Z', '2026-10-25T21:45Z'],
      'from 24:00 to 23:00',
    ],
    ['America/Santiago', '15 0 * * *', '2026-09-05T12:00Z', ['2026-09-06T04:00Z', '2026-09-07T03:15Z'], 'to 01:00'],
    ['America/Santiago', '30 23 * * *', '2026-04-04T12:00Z', ['2026-04-05T02:30Z', '2026-04-06T03:30Z'], 'to 23:00'],
    [
      'America/Havana',
      '30 0 * * *',
      '2026-10-31T12:00Z',
      ['2026-11-01T04:30Z', '2026-11-02T05:30Z'],
      'from 01:00 to 00:00',
    ],
  ])('in %s: %s after %s: %s (%s)', (timezone, expression, after, due) => check(timezone)(expression, after, due))
})

test('a change of three hours or more is a clock that was wrong, as in cron: what it skips is lost', () => {
  check('Pacific/Apia')('30 2 * * *', '2011-12-29T00:00Z', ['2011-12-29T12:30Z', '2011-12-30T12:30Z'])
  check('Antarctica/Casey')('30 1 * * *', '2021-10-01T18:00Z', ['2021-10-03T14:30Z'])
})

test('a leap day years ahead is found in a zone with daylight saving', () => {
  check('Europe/Berlin')('0 0 29 2 */7', '2026-11-23T09:00Z', ['2032-02-28T23:00Z'])
  check('Europe/Berlin')('*/30 0 29 2 *', '2026-11-23T09:00Z', ['2028-02-28T23:00Z', '2028-02-28T23:30Z'])
})

test.each<[timezone: string, at: string]>([
  ['europe/BERLIN', '2026-07-01T10:00Z'],
  ['PST', '2026-07-01T19:00Z'],
  ['ECT', '2026-07-01T10:00Z'],
  ['US/Pacific-New', '2026-07-01T19:00Z'],
  ['SystemV/EST5EDT', '2026-07-01T16:00Z'],
  ['SystemV/YST9YDT', '2026-07-01T20:00Z'],
  ['SystemV/PST8', '2026-07-01T20:00Z'],
  ['Etc/GMT-14', '2026-07-01T22:00Z'],
  ['+05:30', '2026-07-01T06:30Z'],
])('each name of a zone that Intl takes has its noon: %s', (timezone, at) => {
  const midnight = Date.parse('2026-07-01T00:00Z')
  expect(nextDue({ expression: '0 12 * * *', timezone }, midnight)).toBe(Date.parse(at))
})

test.each([
  ['0 0 30 2 *', 'cron line "0 0 30 2 *" is never due again'],
  ['0 0 31 4 */2', 'cron line "0 0 31 4 */2" is never due again'],
  ['@reboot', /^@reboot is not supported/],
  ['5/15 * * * *', /^Syntax error, stepping with numeric prefix/],
])('what is wrong with "%s" is said in a sentence', (expression, sentence) => {
  expect(cronFault(expression, Date.UTC(2026, 10, 23))).toMatch(sentence)
})

test('asking for the due time of a line that is never due throws that sentence', () => {
  const never = { expression: '0 0 31 4 */2', timezone: 'Europe/Berlin' }
  expect(() => nextDue(never, Date.UTC(2026, 10, 23))).toThrow(/^cron line "0 0 31 4 \*\/2" is never due again$/)
})
