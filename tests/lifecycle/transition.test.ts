import { describe, expect, test } from 'vitest'
import { afterSettings } from '../../server/lifecycle/declared.ts'
import type { Outage } from '../../server/lifecycle/listening.ts'
import { afterSilence, nextChangeAt, type ServiceState } from '../../server/lifecycle/transition.ts'
import { DAY, HOUR, MINUTE } from '../helpers/clock.ts'
import { beating, cron, every, heardOnce, neverHeard, outage, rules, told } from '../helpers/state.ts'

type Told = [change: string, at: number][]

const weekly = beating({ cadenceMs: 7 * DAY })
const monthly = every(30 * DAY, 1 * DAY)
const midnight = beating({ schedule: cron('0 0 * * *') })
const failed = beating({ status: 'down', statusSince: 3 * DAY, failing: true, silenceSince: 3 * DAY })

describe('by silence alone', () => {
  test.each<[string, ServiceState, number, Told]>([
    ['a service is alive at its deadline', beating(), 600_000, []],
    ['a service is down a millisecond later', beating(), 600_001, [['alive → down: silence', 600_000]]],
    ['a down that is found late began at the deadline', beating(), 3 * DAY, [['alive → down: silence', 600_000]]],
    ['a fast service is alive for ten seconds', beating({ cadenceMs: 1 }), 10_000, []],
    ['a fast service is down after them', beating({ cadenceMs: 1 }), 10_001, [['alive → down: silence', 10_000]]],
    ['a period waits for its grace', beating({ schedule: every(1 * HOUR) }), 2 * HOUR, []],
    [
      'a period waits no longer',
      beating({ schedule: every(1 * HOUR) }),
      2 * HOUR + 1,
      [['alive → down: silence', 2 * HOUR]],
    ],
    ['a cron line waits for its grace', midnight, 1 * DAY + 5 * MINUTE, []],
    [
      'a cron line waits no longer',
      midnight,
      1 * DAY + 5 * MINUTE + 1,
      [['alive → down: silence', 1 * DAY + 5 * MINUTE]],
    ],
    ['a down service is not dead at seven days', beating({ status: 'down', statusSince: 10 * MINUTE }), 7 * DAY, []],
    [
      'a down service is dead after them',
      beating({ status: 'down', statusSince: 10 * MINUTE }),
      7 * DAY + 1,
      [['down → dead: silence', 7 * DAY]],
    ],
    [
      'a service is down first and dead later, even if nobody looked',
      beating(),
      8 * DAY,
      [
        ['alive → down: silence', 600_000],
        ['down → dead: silence', 7 * DAY],
      ],
    ],
    ['a weekly service is alive for two weeks', weekly, 14 * DAY, []],
    ['a weekly service is then down', weekly, 14 * DAY + 1, [['alive → down: silence', 14 * DAY]]],
    ['a weekly service is down for two more', { ...weekly, status: 'down', statusSince: 14 * DAY }, 28 * DAY, []],
    [
      'a weekly service is then dead',
      { ...weekly, status: 'down', statusSince: 14 * DAY },
      28 * DAY + 1,
      [['down → dead: silence', 28 * DAY]],
    ],
    [
      'its own time makes a service dead sooner',
      beating({ deadAfterMs: 1 * HOUR }),
      1 * HOUR + 1,
      [
        ['alive → down: silence', 600_000],
        ['down → dead: silence', 1 * HOUR],
      ],
    ],
    ['a service that waits for data is unknown for seven days', heardOnce({ heartbeatCount: 3 }), 7 * DAY, []],
    [
      'a service that waits for data is then dead',
      heardOnce({ heartbeatCount: 3 }),
      7 * DAY + 1,
      [['unknown → dead: silence', 7 * DAY]],
    ],
    ['a service that was never heard is unknown for seven days', neverHeard(), 7 * DAY, []],
    ['a service that was never heard is then dead', neverHeard(), 7 * DAY + 1, [['unknown → dead: silence', 7 * DAY]]],
    ['a promised period is waited for with its grace', neverHeard({ schedule: every(1 * HOUR) }), 2 * HOUR, []],
    [
      'a promised period that is not met is down, though it was never heard',
      neverHeard({ schedule: every(1 * HOUR) }),
      2 * HOUR + 1,
      [['unknown → down: silence', 2 * HOUR]],
    ],
    [
      'a promise counts from when it was made',
      neverHeard({ schedule: every(1 * HOUR), scheduledSince: 3 * DAY }),
      3 * DAY + 2 * HOUR + 1,
      [['unknown → down: silence', 3 * DAY + 2 * HOUR]],
    ],
    [
      'a promised cron line that is not met is down',
      neverHeard({ schedule: cron('2 0 * * *', 'UTC', 1 * MINUTE) }),
      3 * MINUTE + 1,
      [['unknown → down: silence', 3 * MINUTE]],
    ],
    [
      'a schedule since the first heartbeat promises nothing before it',
      neverHeard({ schedule: every(1 * HOUR), sinceFirstHeartbeat: true }),
      7 * DAY,
      [],
    ],
    [
      'a promise that is never met is down first and dead later',
      neverHeard({ schedule: every(1 * HOUR), scheduledSince: 3 * DAY }),
      10 * DAY + 1,
      [
        ['unknown → down: silence', 3 * DAY + 2 * HOUR],
        ['down → dead: silence', 10 * DAY],
      ],
    ],
    [
      'a weekly service that is not known yet lives for twice its longest gap',
      heardOnce({ heartbeatCount: 2, gaps: [7 * DAY + HOUR] }),
      14 * DAY + 2 * HOUR,
      [],
    ],
    [
      'a weekly service that is not known yet is then dead',
      heardOnce({ heartbeatCount: 2, gaps: [7 * DAY + HOUR] }),
      14 * DAY + 2 * HOUR + 1,
      [['unknown → dead: silence', 14 * DAY + 2 * HOUR]],
    ],
    ['a service that recovered before its rhythm was known is not down', heardOnce({ status: 'alive' }), 7 * DAY, []],
    [
      'a service that recovered before its rhythm was known dies in the end',
      heardOnce({ status: 'alive' }),
      7 * DAY + 1,
      [['alive → dead: silence', 7 * DAY]],
    ],
    ['a failure puts death off', failed, 10 * DAY, []],
    [
      'a failure puts death off by as much as it came later',
      failed,
      10 * DAY + 1,
      [['down → dead: silence', 10 * DAY]],
    ],
    ['a dead service stays dead', beating({ status: 'dead' }), 100 * DAY, []],
    ['a paused service is not judged', beating({ pausedAt: 1 }), 100 * DAY, []],
    ['a paused service does not die', beating({ status: 'down', pausedAt: 1 }), 100 * DAY, []],
    [
      'a resumed service has its whole limit again',
      beating({ silenceSince: 1 * HOUR, resumedAt: 1 * HOUR }),
      70 * MINUTE,
      [],
    ],
    [
      'a resumed service is judged again',
      beating({ silenceSince: 1 * HOUR, resumedAt: 1 * HOUR }),
      70 * MINUTE + 1,
      [['alive → down: silence', 70 * MINUTE]],
    ],
    [
      'a status never ends before it began',
      beating({ statusSince: 20 * MINUTE }),
      21 * MINUTE,
      [['alive → down: silence', 20 * MINUTE]],
    ],
    ['a down neither', beating({ status: 'down', statusSince: 8 * DAY }), 9 * DAY, [['down → dead: silence', 8 * DAY]]],
  ])('%s', (_title, service, now, expected) => {
    const outcome = afterSilence(service, now, rules, [])
    expect(told(outcome)).toEqual(expected)
    const last = outcome.changes.at(-1)
    expect(outcome.state).toEqual(last ? { ...service, status: last.to, statusSince: last.at } : service)
  })

  test.each<[string, Outage, number, Told]>([
    [
      'a service that was overdue before an outage is still reported',
      outage(10 * MINUTE + 1, 1 * DAY),
      1 * DAY,
      [['alive → down: silence', 600_000]],
    ],
    ['a service that was not has its whole limit after it', outage(10 * MINUTE, 1 * DAY), 1 * DAY + 10 * MINUTE, []],
    [
      'and is down after that',
      outage(10 * MINUTE, 1 * DAY),
      1 * DAY + 10 * MINUTE + 1,
      [['alive → down: silence', 1 * DAY + 10 * MINUTE]],
    ],
    ['a week in which nobody listened kills nobody', outage(1 * MINUTE, 8 * DAY), 8 * DAY, []],
  ])('%s', (_title, silence, now, expected) => {
    expect(told(afterSilence(beating(), now, rules, [silence]))).toEqual(expected)
  })
})

test.each<[string, ServiceState, number | null]>([
  ['an alive service: its deadline', beating(), 600_000],
  ['an alive job at midnight: its deadline', midnight, 1 * DAY + 5 * MINUTE],
  ['a down service: its death', beating({ status: 'down' }), 7 * DAY],
  ['an unknown service: its death', neverHeard(), 7 * DAY],
  ['a service that was promised: its deadline', neverHeard({ schedule: every(1 * DAY) }), 2 * DAY],
  ['an alive service without a deadline: its death', heardOnce({ status: 'alive' }), 7 * DAY],
  ['a dead service: nothing', beating({ status: 'dead' }), null],
  ['a paused service: nothing', beating({ pausedAt: 1 }), null],
])('what silence changes next, %s', (_title, service, expected) => {
  expect(nextChangeAt(service, rules, [])).toBe(expected)
  if (expected === null) return
  expect(afterSilence(service, expected, rules, []).changes).toEqual([])
  expect(afterSilence(service, expected + 1, rules, []).changes).toHaveLength(1)
})

describe('a service is judged at once by a schedule that was', () => {
  const hourly = every(1 * HOUR)

  test.each<[string, ServiceState, number, Told]>([
    [
      'given while it waits for data',
      heardOnce({ schedule: hourly }),
      5 * MINUTE,
      [['unknown → alive: schedule', 5 * MINUTE]],
    ],
    ['given at its deadline', heardOnce({ schedule: hourly }), 2 * HOUR, [['unknown → alive: schedule', 2 * HOUR]]],
    ['given too late', heardOnce({ schedule: hourly }), 2 * HOUR + 1, [['unknown → down: silence', 2 * HOUR]]],
    ['given before its first heartbeat', neverHeard({ schedule: hourly, scheduledSince: 5 * HOUR }), 5 * HOUR, []],
    [
      'loosened after it was missed by a service that was never heard',
      neverHeard({ schedule: hourly, scheduledSince: 5 * HOUR, status: 'down' }),
      5 * HOUR,
      [['down → unknown: schedule', 5 * HOUR]],
    ],
    ['given while it is alive', beating({ schedule: hourly }), 1 * HOUR, []],
    [
      'loosened while it is down',
      beating({ schedule: hourly, status: 'down' }),
      1 * HOUR,
      [['down → alive: schedule', 1 * HOUR]],
    ],
    ['loosened too little while it is down', beating({ schedule: hourly, status: 'down' }), 3 * HOUR, []],
    [
      'loosened while it is dead',
      beating({ schedule: monthly, status: 'dead' }),
      8 * DAY,
      [['dead → alive: schedule', 8 * DAY]],
    ],
    ['loosened after a failure', beating({ schedule: hourly, status: 'down', failing: true }), 1 * HOUR, []],
    ['given while it is paused', heardOnce({ schedule: hourly, pausedAt: 1 }), 5 * MINUTE, []],
    ['cleared when its rhythm is known', beating(), 5 * MINUTE, []],
    [
      'cleared when its rhythm is not known',
      heardOnce({ status: 'alive' }),
      5 * MINUTE,
      [['alive → unknown: schedule', 5 * MINUTE]],
    ],
  ])('%s', (_title, service, now, expected) => {
    expect(told(afterSettings(service, service, { nowMs: now, rules, outages: [] }))).toEqual(expected)
  })
})
