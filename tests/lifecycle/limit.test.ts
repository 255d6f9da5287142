import { describe, expect, test } from 'vitest'
import { deadAtOf, deadlineOf, limitOf } from '../../server/lifecycle/limit.ts'
import type { ServiceState } from '../../server/lifecycle/transition.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../helpers/clock.ts'
import { beating, cron, every, heardOnce, neverHeard, rules } from '../helpers/state.ts'

const since = (iso: string) => ({ silenceSince: Date.parse(iso) })
const isoOf = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())

describe('the limit of a silence', () => {
  test.each<[string, ServiceState, number | null]>([
    ['is not known before a rhythm or a schedule is', heardOnce(), null],
    ['is twice the cadence', beating(), 600_000],
    ['is twice the cadence where that has half a millisecond', beating({ cadenceMs: 300_000.5 }), 600_001],
    ['is period and grace', beating({ schedule: every(1 * DAY, 10 * MINUTE) }), 87_000_000],
    ['is just the period where the grace is zero', beating({ schedule: every(1 * HOUR, 0) }), 3_600_000],
    ['is known from a schedule alone', neverHeard({ schedule: every(1 * HOUR) }), 7_200_000],
    ['is twice the cadence and the grace that was set', beating({ graceMs: 5 * MINUTE }), 900_000],
    [
      'has no second grace beside a schedule',
      beating({ schedule: every(1 * HOUR, 0), graceMs: 5 * MINUTE }),
      3_600_000,
    ],
    ['is never below ten seconds', beating({ cadenceMs: 1 * SECOND }), 10_000],
    ['is ten seconds for a cadence just short of five', beating({ cadenceMs: 4_999 }), 10_000],
    ['leaves the floor for a cadence just over five', beating({ cadenceMs: 5_001 }), 10_002],
    ['is never below ten seconds for a declared period', beating({ schedule: every(2 * SECOND) }), 10_000],
    ['is the due interval and the grace of a cron line', beating({ schedule: cron('30 2 * * *') }), 86_700_000],
    ['is never below ten seconds for a cron line', beating({ schedule: cron('* * * * *', 'UTC', 0) }), 60_000],
  ])('%s', (_title, service, expected) => {
    expect(limitOf(service, rules)).toBe(expected)
  })

  test.each<[string, ServiceState]>([
    ['a cadence', beating()],
    ['a period', beating({ schedule: every(1 * MINUTE) })],
    ['a cron line', beating({ schedule: cron('* * * * *', 'UTC', 0) })],
  ])('is never below MIN_SILENCE_SECONDS: %s', (_title, service) => {
    expect(limitOf(service, { ...rules, minSilenceMs: 1 * HOUR })).toBe(3_600_000)
    expect(deadlineOf(service, { ...rules, minSilenceMs: 1 * HOUR }, [])).toBe(3_600_000)
  })
})

describe('the deadline', () => {
  test.each<[string, ServiceState, number | null]>([
    ['does not exist before a rhythm or a schedule does', heardOnce(), null],
    ['does not exist for a service that recovered before its rhythm was known', heardOnce({ status: 'alive' }), null],
    ['is twice the cadence after the last heartbeat', beating(), 600_000],
    ['counts from where the silence began', beating({ silenceSince: 3 * MINUTE }), 780_000],
    ['is period and grace after the last heartbeat', beating({ schedule: every(1 * DAY, 1 * HOUR) }), 90_000_000],
    ['of a schedule goes before that of the cadence', beating({ schedule: every(1 * HOUR) }), 7_200_000],
    ['is ten seconds away at least', beating({ cadenceMs: 1 }), 10_000],
  ])('%s', (_title, service, expected) => {
    expect(deadlineOf(service, rules, [])).toBe(expected)
  })

  test.each<[string, ServiceState, string]>([
    [
      'is the next due time in its zone and the grace',
      beating({ schedule: cron('30 2 * * *', 'Europe/Moscow'), ...since('2026-11-22T23:31:00Z') }),
      '2026-11-23T23:35:00.000Z',
    ],
    [
      'of a heartbeat at the due time is that of the next day',
      beating({ schedule: cron('30 2 * * *', 'Europe/Moscow'), ...since('2026-11-23T23:30:00Z') }),
      '2026-11-24T23:35:00.000Z',
    ],
    [
      'is not passed by a heartbeat that comes before the due time',
      beating({ schedule: cron('30 2 * * *', 'Europe/Moscow'), ...since('2026-11-23T23:29:59.999Z') }),
      '2026-11-23T23:35:00.000Z',
    ],
    [
      'of a time that daylight saving skips counts from the jump',
      beating({ schedule: cron('30 2 * * *', 'Europe/Berlin'), ...since('2026-03-28T12:00:00Z') }),
      '2026-03-29T01:05:00.000Z',
    ],
    [
      'of a cron line is ten seconds away at least',
      beating({ schedule: cron('* * * * *', 'UTC', 0), ...since('2026-11-23T12:00:55Z') }),
      '2026-11-23T12:01:05.000Z',
    ],
  ])('%s', (_title, service, expected) => {
    expect(isoOf(deadlineOf(service, rules, []))).toBe(expected)
  })
})

/** A job by cron that was heard at a moment. */
function job(expression: string, graceMs: number, heardAt: string, more: Partial<ServiceState> = {}): ServiceState {
  const at = Date.parse(heardAt)
  const schedule = cron(expression, 'UTC', graceMs)
  return beating({ schedule, lastHeartbeatAt: at, silenceSince: at, statusSince: at, ...more })
}

describe('a heartbeat belongs to the due time that it is nearest to', () => {
  test.each<[string, ServiceState, string]>([
    ['two seconds before a month begins', job('0 0 1 * *', 6 * HOUR, '2026-10-31T23:59:58Z'), '2026-12-01T06:00'],
    ['a second early each minute', job('* * * * *', 5 * MINUTE, '2026-11-23T12:00:59Z'), '2026-11-23T12:07'],
    ['at the due time', job('0 2 * * *', HOUR, '2026-11-23T02:00:00Z'), '2026-11-24T03:00'],
    ['late', job('0 2 * * *', HOUR, '2026-11-23T04:00:00Z'), '2026-11-24T03:00'],
    ['early by just less than the grace', job('0 2 * * *', HOUR, '2026-11-23T01:00:01Z'), '2026-11-24T03:00'],
    ['early by the grace', job('0 2 * * *', HOUR, '2026-11-23T01:00:00Z'), '2026-11-23T03:00'],
    ['nearer to the one before', job('*/10 * * * *', HOUR, '2026-11-23T12:04:59Z'), '2026-11-23T13:10'],
    ['in the middle', job('*/10 * * * *', HOUR, '2026-11-23T12:05:00Z'), '2026-11-23T13:10'],
    ['nearer to the next', job('*/10 * * * *', HOUR, '2026-11-23T12:05:01Z'), '2026-11-23T13:20'],
    ['early on a Monday, after a long weekend', job('0 9 * * 1-5', HOUR, '2026-11-23T08:30:00Z'), '2026-11-24T10:00'],
    ['early before two that are close', job('0,1 0 * * *', 5 * MINUTE, '2026-11-22T23:59:20Z'), '2026-11-23T00:06'],
    ['without any grace', job('0 2 * * *', 0, '2026-11-23T01:59:59Z'), '2026-11-23T02:00'],
  ])('%s', (_title, service, expected) => {
    expect(isoOf(deadlineOf(service, rules, []))?.slice(0, 16)).toBe(expected)
  })

  test('what is no heartbeat has met nothing: a resume, a registration, an edit', () => {
    const at = Date.parse('2026-11-23T01:59:00Z')
    const soon = '2026-11-23T03:00:00.000Z'
    const resumed = job('0 2 * * *', HOUR, '2026-11-22T02:00:00Z', { silenceSince: at })
    const edited = job('0 2 * * *', HOUR, '2026-11-22T02:00:00Z', { scheduledSince: at })
    const promised = neverHeard({ schedule: cron('0 2 * * *', 'UTC', HOUR), silenceSince: at })
    for (const service of [resumed, edited, promised]) expect(isoOf(deadlineOf(service, rules, []))).toBe(soon)
  })
})

describe('a silent service is dead', () => {
  test.each<[string, ServiceState, number]>([
    ['after seven days', beating(), 7 * DAY],
    ['after seven days where twice the limit is just that', beating({ cadenceMs: 42 * HOUR }), 7 * DAY],
    ['later where the cadence is slower', beating({ cadenceMs: 42 * HOUR + 1 }), 7 * DAY + 4],
    ['after 28 days where the cadence is a week', beating({ cadenceMs: 7 * DAY }), 28 * DAY],
    ['after 28 days where the period is a week', beating({ schedule: every(7 * DAY) }), 28 * DAY],
    ['after 62 days where period and grace are 31', beating({ schedule: every(30 * DAY, 1 * DAY) }), 62 * DAY],
    ['after seven days for a daily cron line', beating({ schedule: cron('0 0 * * *') }), 7 * DAY],
    ['after its own time', beating({ deadAfterMs: 1 * HOUR }), 1 * HOUR],
    ['after twice the limit where its own time is shorter', beating({ deadAfterMs: 1 * MINUTE }), 20 * MINUTE],
    ['after twice the floor where the cadence is faster', beating({ cadenceMs: 1, deadAfterMs: 1 }), 20 * SECOND],
    ['after seven days while nothing is known', heardOnce(), 7 * DAY],
    ['after seven days where it never was heard', neverHeard(), 7 * DAY],
    ['after its own time where it never was heard', neverHeard({ deadAfterMs: 1 * MINUTE }), 1 * MINUTE],
    ['after twice its promised period where that is longer', neverHeard({ schedule: every(30 * DAY) }), 120 * DAY],
    [
      'after seven days where its schedule counts since the first heartbeat',
      neverHeard({ schedule: every(30 * DAY), sinceFirstHeartbeat: true }),
      7 * DAY,
    ],
    ['after twice its longest gap while nothing is known', heardOnce({ gaps: [2 * DAY, 10 * DAY] }), 20 * DAY],
    [
      'later than its deadline where it once was down',
      heardOnce({ status: 'down', schedule: every(30 * DAY) }),
      120 * DAY,
    ],
  ])('%s', (_title, service, expected) => {
    expect(deadAtOf(service, rules, [])).toBe(expected)
  })

  test.each<[string, ServiceState, string]>([
    [
      'after twice the due interval and the grace: weekly',
      beating({ schedule: cron('0 0 * * 1'), ...since('2026-11-23T00:00:30Z') }),
      '2026-12-07T00:10:30.000Z',
    ],
    [
      'after twice the due interval and the grace: monthly, with 31 days between',
      beating({ schedule: cron('0 0 1 * *'), ...since('2026-11-01T00:01:00Z') }),
      '2027-01-02T00:11:00.000Z',
    ],
    [
      'after twice the due interval and the grace: yearly, though its own time is an hour',
      beating({ schedule: cron('0 0 1 1 *'), deadAfterMs: 1 * HOUR, ...since('2026-12-31T00:00:00Z') }),
      '2028-12-30T00:10:00.000Z',
    ],
  ])('%s', (_title, service, expected) => {
    expect(isoOf(deadAtOf(service, rules, []))).toBe(expected)
  })
})
