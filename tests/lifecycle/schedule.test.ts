import { describe, expect, test } from 'vitest'
import { cronFault, nextDue } from '../../server/lifecycle/schedule.ts'

const BERLIN = 'Europe/Berlin'
const NEW_YORK = 'America/New_York'
const LORD_HOWE = 'Australia/Lord_Howe'
const MOSCOW = 'Europe/Moscow'

/** A zone, a cron line, a moment, and the due times after it. Times are in UTC. */
type Row = [title: string, timezone: string, expression: string, after: string, due: string[]]

function dueTimes(expression: string, timezone: string, after: string, count: number): string[] {
  const times: string[] = []
  let at = Date.parse(after)
  while (times.length < count) {
    at = nextDue({ expression, timezone }, at)
    times.push(new Date(at).toISOString().replace(':00.000Z', 'Z'))
  }
  return times
}

const check = (_title: string, timezone: string, expression: string, after: string, due: string[]) =>
  expect(dueTimes(expression, timezone, after, due.length)).toEqual(due)

describe('a due time is strictly after the moment', () => {
  test.each<Row>([
    ['a millisecond before', MOSCOW, '0 12 * * *', '2026-11-23T08:59:59.999Z', ['2026-11-23T09:00Z']],
    ['at the due time itself', MOSCOW, '0 12 * * *', '2026-11-23T09:00:00.000Z', ['2026-11-24T09:00Z']],
    ['a millisecond after', MOSCOW, '0 12 * * *', '2026-11-23T09:00:00.001Z', ['2026-11-24T09:00Z']],
    ['within the second of the due time', MOSCOW, '0 12 * * *', '2026-11-23T09:00:00.999Z', ['2026-11-24T09:00Z']],
    ['every minute, half a minute in', 'UTC', '* * * * *', '2026-11-23T09:00:30.250Z', ['2026-11-23T09:01Z']],
  ])('%s', check)
})

describe('Moscow has no daylight saving: every day has 24 hours', () => {
  test.each<Row>([
    [
      'on the night when Berlin jumps',
      MOSCOW,
      '30 2 * * *',
      '2026-03-28T12:00Z',
      ['2026-03-28T23:30Z', '2026-03-29T23:30Z'],
    ],
    [
      'on the night when Berlin repeats',
      MOSCOW,
      '30 2 * * *',
      '2026-10-24T12:00Z',
      ['2026-10-24T23:30Z', '2026-10-25T23:30Z'],
    ],
  ])('%s', check)
})

describe('a time that daylight saving skips is due when the clock has jumped', () => {
  test.each<Row>([
    ['02:30 in Berlin', BERLIN, '30 2 * * *', '2026-03-28T12:00Z', ['2026-03-29T01:00Z', '2026-03-30T00:30Z']],
    [
      '02:30 in Berlin, asked just before the jump',
      BERLIN,
      '30 2 * * *',
      '2026-03-29T00:59:59.999Z',
      ['2026-03-29T01:00Z'],
    ],
    ['02:30 in Berlin, asked at the jump', BERLIN, '30 2 * * *', '2026-03-29T01:00:00.000Z', ['2026-03-30T00:30Z']],
    ['02:30 in New York', NEW_YORK, '30 2 * * *', '2026-03-07T12:00Z', ['2026-03-08T07:00Z', '2026-03-09T06:30Z']],
    [
      '02:15 on Lord Howe, which skips half an hour',
      LORD_HOWE,
      '15 2 * * *',
      '2026-10-03T00:00Z',
      ['2026-10-03T15:30Z', '2026-10-04T15:15Z'],
    ],
    [
      '01:45 on Lord Howe is not skipped',
      LORD_HOWE,
      '45 1 * * *',
      '2026-10-03T00:00Z',
      ['2026-10-03T15:15Z', '2026-10-04T14:45Z'],
    ],
    [
      '01:30 in Berlin is not skipped',
      BERLIN,
      '30 1 * * *',
      '2026-03-28T12:00Z',
      ['2026-03-29T00:30Z', '2026-03-29T23:30Z'],
    ],
    [
      'one of several hours',
      BERLIN,
      '30 1-3 * * *',
      '2026-03-28T12:00Z',
      ['2026-03-29T00:30Z', '2026-03-29T01:00Z', '2026-03-29T01:30Z', '2026-03-29T23:30Z'],
    ],
  ])('%s', check)
})

describe('a time that daylight saving repeats is due once, the first time', () => {
  test.each<Row>([
    ['02:30 in Berlin', BERLIN, '30 2 * * *', '2026-10-24T12:00Z', ['2026-10-25T00:30Z', '2026-10-26T01:30Z']],
    ['02:30 in Berlin, asked in the repeated hour', BERLIN, '30 2 * * *', '2026-10-25T01:00Z', ['2026-10-26T01:30Z']],
    ['01:30 in New York', NEW_YORK, '30 1 * * *', '2026-10-31T12:00Z', ['2026-11-01T05:30Z', '2026-11-02T06:30Z']],
    [
      '01:45 on Lord Howe, which repeats half an hour',
      LORD_HOWE,
      '45 1 * * *',
      '2026-04-04T00:00Z',
      ['2026-04-04T14:45Z', '2026-04-05T15:15Z'],
    ],
    [
      '01:15 on Lord Howe is not repeated',
      LORD_HOWE,
      '15 1 * * *',
      '2026-04-04T00:00Z',
      ['2026-04-04T14:15Z', '2026-04-05T14:45Z'],
    ],
    [
      'one of several hours',
      BERLIN,
      '30 1,2,3 * * *',
      '2026-10-24T12:00Z',
      ['2026-10-24T23:30Z', '2026-10-25T00:30Z', '2026-10-25T02:30Z', '2026-10-26T00:30Z'],
    ],
  ])('%s', check)
})

describe('an hourly or minutely job keeps its pace through a change of the clock', () => {
  test.each<Row>([
    [
      'half-hourly in Berlin over the jump',
      BERLIN,
      '*/30 * * * *',
      '2026-03-29T00:15Z',
      ['2026-03-29T00:30Z', '2026-03-29T01:00Z', '2026-03-29T01:30Z'],
    ],
    [
      'hourly in Berlin over the repeated hour',
      BERLIN,
      '15 * * * *',
      '2026-10-24T23:30Z',
      ['2026-10-25T00:15Z', '2026-10-25T01:15Z', '2026-10-25T02:15Z'],
    ],
    [
      'half-hourly in New York over the repeated hour',
      NEW_YORK,
      '*/30 * * * *',
      '2026-11-01T05:15Z',
      ['2026-11-01T05:30Z', '2026-11-01T06:00Z', '2026-11-01T06:30Z', '2026-11-01T07:00Z'],
    ],
    [
      'at half past on Lord Howe, where half past one comes twice',
      LORD_HOWE,
      '30 * * * *',
      '2026-04-04T14:00Z',
      ['2026-04-04T14:30Z', '2026-04-04T15:00Z', '2026-04-04T16:00Z'],
    ],
  ])('%s', check)
})

describe('days and dates', () => {
  test.each<Row>([
    ['working days skip the weekend', MOSCOW, '0 9 * * 1-5', '2026-11-27T06:00Z', ['2026-11-30T06:00Z']],
    ['Sunday is 7 as well as 0', 'UTC', '0 0 * * 7', '2026-11-23T09:00Z', ['2026-11-29T00:00Z', '2026-12-06T00:00Z']],
    [
      'short months have no 31st',
      'UTC',
      '0 0 31 * *',
      '2026-11-23T09:00Z',
      ['2026-12-31T00:00Z', '2027-01-31T00:00Z', '2027-03-31T00:00Z'],
    ],
    ['a leap day is waited for', 'UTC', '0 0 29 2 *', '2026-11-23T09:00Z', ['2028-02-29T00:00Z']],
    [
      'a date and a weekday: either is due, as in cron',
      'UTC',
      '0 0 1 * 1',
      '2026-11-23T09:00Z',
      ['2026-11-30T00:00Z', '2026-12-01T00:00Z', '2026-12-07T00:00Z'],
    ],
    ['midnight falls on the day before in UTC', MOSCOW, '@daily', '2026-11-23T09:00Z', ['2026-11-23T21:00Z']],
  ])('%s', check)
})

test.each<[string, boolean]>([
  ['30 2 * * *', true],
  ['@hourly', true],
  ['0 0 30 2 *', false],
  ['61 * * * *', false],
  ['* * * * * *', false],
  ['every day', false],
  ['', false],
])('whether "%s" is a cron line: %s', (expression, isFine) => {
  const fault = cronFault(expression, Date.UTC(2026, 10, 23))
  if (isFine) expect(fault).toBeNull()
  else expect(fault).toMatch(/\w/)
})
