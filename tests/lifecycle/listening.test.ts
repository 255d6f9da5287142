import { describe, expect, test } from 'vitest'
import { deadAtOf, deadlineOf } from '../../server/lifecycle/limit.ts'
import {
  afterListening,
  listenedFor,
  listeningSince,
  mergeOutages,
  type Outage,
  spansOutage,
} from '../../server/lifecycle/listening.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../helpers/clock.ts'
import { beating, cron, every, neverHeard, outage, rules } from '../helpers/state.ts'

const minutes = (from: number, to: number) => outage(from * MINUTE, to * MINUTE)

describe('a service heard every five minutes, last at zero, with an outage', () => {
  test.each<[string, Outage[], number]>([
    ['none at all', [], 10 * MINUTE],
    ['before the last heartbeat', [minutes(-10, -5)], 10 * MINUTE],
    ['that ended with the last heartbeat', [minutes(-5, 0)], 10 * MINUTE],
    ['around the last heartbeat: only what came after it is taken off', [minutes(-2, 3)], 13 * MINUTE],
    ['around the last heartbeat and the next due one', [minutes(-2, 6)], 16 * MINUTE],
    ['between two due heartbeats is taken off', [minutes(1, 3)], 12 * MINUTE],
    ['that ends a millisecond before the due heartbeat', [outage(3 * MINUTE, 5 * MINUTE - 1)], 12 * MINUTE - 1],
    ['that ends as the heartbeat is due: it may have come', [minutes(3, 5)], 15 * MINUTE],
    ['around the due heartbeat: it counts as received at the end', [minutes(4, 6)], 16 * MINUTE],
    ['that begins as the heartbeat is due', [minutes(5, 7)], 17 * MINUTE],
    ['that begins a millisecond after the due heartbeat', [outage(5 * MINUTE + 1, 8 * MINUTE)], 13 * MINUTE - 1],
    ['around the second due heartbeat, after the first was missed', [minutes(9, 11)], 21 * MINUTE],
    ['that begins at the deadline', [minutes(10, 12)], 22 * MINUTE],
    ['that begins a millisecond after the deadline', [outage(10 * MINUTE + 1, 60 * MINUTE)], 10 * MINUTE],
    ['longer than the limit', [minutes(1, 60)], 70 * MINUTE],
    ['and another, both between due heartbeats', [minutes(1, 2), minutes(3, 4)], 12 * MINUTE],
    ['and then one around the due heartbeat', [minutes(1, 2), minutes(4, 6)], 16 * MINUTE],
    ['around the due heartbeat, and then a short one', [minutes(4, 6), minutes(7, 9)], 18 * MINUTE],
    ['around the due heartbeat, and around the one due after that', [minutes(4, 6), minutes(10, 12)], 22 * MINUTE],
    ['and another after the moved deadline', [minutes(4, 6), outage(16 * MINUTE + 1, 30 * MINUTE)], 16 * MINUTE],
    ['that moves the deadline into the next one', [minutes(8, 9.5), minutes(10.5, 12)], 13 * MINUTE],
  ])('%s', (_title, outages, expected) => {
    expect(deadlineOf(beating(), rules, outages)).toBe(expected)
  })
})

describe('a daily job with an hour of grace, last heard at zero, with an outage', () => {
  const hours = (from: number, to: number) => outage(from * HOUR, to * HOUR)

  test.each<[string, Outage[], number]>([
    ['around the due time: the heartbeat may have fallen into it', [hours(23.5, 24.5)], 49.5 * HOUR],
    ['that ends a millisecond before the due time', [outage(23 * HOUR, 24 * HOUR - 1)], 26 * HOUR - 1],
    ['within the grace', [hours(24.25, 24.5)], 25.25 * HOUR],
    ['that begins at the deadline', [hours(25, 27)], 27 * HOUR],
    ['that begins a millisecond after the deadline', [outage(25 * HOUR + 1, 27 * HOUR)], 25 * HOUR],
    ['that begins at the deadline and lasts beyond the next due time', [hours(25, 49)], 74 * HOUR],
    ['at night and around the due time', [hours(2, 3), hours(23.5, 24.5)], 49.5 * HOUR],
  ])('%s', (_title, outages, expected) => {
    expect(deadlineOf(beating({ schedule: every(1 * DAY, 1 * HOUR) }), rules, outages)).toBe(expected)
  })
})

describe('a job at midnight with five minutes of grace, last heard on the 23rd, with an outage', () => {
  const silenceSince = Date.parse('2026-11-23T00:00:20Z')
  const midnight = beating({ schedule: cron('0 0 * * *'), silenceSince })
  const between = (from: string, to: string) => outage(Date.parse(`2026-11-${from}Z`), Date.parse(`2026-11-${to}Z`))

  test.each<[string, Outage[], string]>([
    ['none at all', [], '24T00:05:00.000'],
    ['by day: the due time does not move', [between('23T08:00', '23T12:00')], '24T00:05:00.000'],
    ['that ends just before midnight', [between('23T23:00', '23T23:59:59.999')], '24T00:05:00.000'],
    [
      'that ends at midnight: the heartbeat may have fallen into it',
      [between('23T23:00', '24T00:00')],
      '25T00:05:00.000',
    ],
    ['around midnight', [between('23T23:50', '24T00:10')], '25T00:05:00.000'],
    ['that begins at midnight', [between('24T00:00', '24T00:02')], '25T00:05:00.000'],
    ['just after midnight: the grace waits', [between('24T00:00:00.001', '24T00:02:00.001')], '24T00:07:00.000'],
    ['that begins at the deadline', [between('24T00:05', '24T00:10')], '24T00:10:00.000'],
    ['that begins just after the deadline', [between('24T00:05:00.001', '24T00:10')], '24T00:05:00.000'],
    ['over three midnights', [between('23T12:00', '26T12:00')], '27T00:05:00.000'],
    [
      'around each of two midnights',
      [between('23T23:50', '24T00:10'), between('24T23:50', '25T00:10')],
      '26T00:05:00.000',
    ],
    [
      'around midnight, and one in the grace of the next',
      [between('23T23:50', '24T00:10'), between('25T00:01', '25T00:03')],
      '25T00:07:00.000',
    ],
  ])('%s', (_title, outages, expected) => {
    const deadline = deadlineOf(midnight, rules, outages) as number
    expect(new Date(deadline).toISOString()).toBe(`2026-11-${expected}Z`)
  })

  test('within the least silence of a job due every minute', () => {
    const service = beating({ schedule: cron('* * * * *', 'UTC', 0), silenceSince: 55 * SECOND })
    expect(deadlineOf(service, rules, [outage(56 * SECOND, 58 * SECOND)])).toBe(67_000)
  })
})

describe('the dead clock stands still during an outage', () => {
  test.each<[string, Outage[], number]>([
    ['before the last heartbeat nothing is taken off', [minutes(-10, 0)], 7 * DAY],
    ['a heartbeat that was due inside counts for deadlines only', [minutes(4, 6)], 7 * DAY + 2 * MINUTE],
    ['an outage that begins at the last moment', [outage(7 * DAY, 8 * DAY)], 8 * DAY],
    ['an outage that begins a millisecond later', [outage(7 * DAY + 1, 8 * DAY)], 7 * DAY],
    ['several outages', [minutes(1, 2), minutes(4, 6), outage(1 * DAY, 3 * DAY)], 9 * DAY + 3 * MINUTE],
  ])('%s', (_title, outages, expected) => {
    expect(deadAtOf(beating(), rules, outages)).toBe(expected)
    expect(deadAtOf(neverHeard(), rules, outages)).toBe(expected)
  })

  test('a service is never dead before its deadline, however often that moved', () => {
    const service = beating({ deadAfterMs: 1 * MINUTE })
    const outages = [minutes(4, 6), minutes(10, 12), minutes(16, 18)]
    expect(deadlineOf(service, rules, outages)).toBe(28 * MINUTE)
    expect(deadAtOf(service, rules, outages)).toBe(28 * MINUTE)
  })
})

test('outages that overlap or touch are one, and come in their order', () => {
  const given = [minutes(8, 9), minutes(1, 3), minutes(2, 4), minutes(4, 5), minutes(2, 2.5)]
  expect(mergeOutages(given)).toEqual([minutes(1, 5), minutes(8, 9)])
  expect(given[1]).toEqual(minutes(1, 3))
})

test.each<[string, Outage[], number]>([
  ['nothing to wait out', [], 10 * MINUTE],
  ['an outage that ends as the wait begins', [minutes(-1, 0)], 10 * MINUTE],
  ['an outage in the middle', [minutes(4, 6)], 12 * MINUTE],
  ['an outage that begins as the wait ends', [minutes(10, 11)], 11 * MINUTE],
  ['an outage that the wait reaches only because of another', [minutes(4, 6), minutes(11, 12)], 13 * MINUTE],
])('ten minutes of listening: %s', (_title, outages, expected) => {
  expect(afterListening(0, 10 * MINUTE, outages)).toBe(expected)
})

test.each<[string, Outage[], number]>([
  ['nothing in the way', [], -10 * MINUTE],
  ['an outage that ends as it begins', [minutes(-12, -10)], -10 * MINUTE],
  ['an outage in the middle', [minutes(-6, -4)], -12 * MINUTE],
  ['an outage around its begin', [minutes(-12, -8)], -14 * MINUTE],
  ['an outage that it reaches only because of another', [minutes(-12, -11), minutes(-6, -4)], -13 * MINUTE],
  ['an outage that lasts until now', [minutes(-60, 0)], -70 * MINUTE],
  ['an outage that lasts longer, and one that has yet to begin', [minutes(-60, 5), minutes(6, 7)], -70 * MINUTE],
])('ten minutes of listening until now: %s', (_title, outages, expected) => {
  expect(listeningSince(0, 10 * MINUTE, outages)).toBe(expected)
  expect(listenedFor(expected, 0, outages)).toBe(10 * MINUTE)
})

test.each<[string, Outage[], boolean]>([
  ['none', [], false],
  ['one that ends as the stretch begins', [minutes(-1, 0)], false],
  ['one that begins as the stretch ends', [minutes(5, 6)], false],
  ['one that begins and ends with it', [minutes(0, 5)], true],
  ['one around it', [minutes(-1, 6)], true],
  ['one that ends a millisecond into it', [outage(-1, 1)], true],
  ['one that begins a millisecond before its end', [outage(5 * MINUTE - 1, 6 * MINUTE)], true],
  ['one inside it, and one long after', [minutes(1, 2), minutes(60, 70)], true],
])('an outage touches five minutes: %s', (_title, outages, expected) => {
  expect(spansOutage(0, 5 * MINUTE, outages)).toBe(expected)
})
