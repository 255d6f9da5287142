import { describe, expect, test } from 'vitest'
import type { HeartbeatKind } from '../../db/schema.ts'
import { deadAtOf, deadlineOf } from '../../server/lifecycle/limit.ts'
import type { Outage } from '../../server/lifecycle/listening.ts'
import { afterSignal, type ServiceState } from '../../server/lifecycle/transition.ts'
import { DAY, HOUR, MINUTE } from '../helpers/clock.ts'
import { beating, cron, every, heardOnce, neverHeard, outage, rules, told } from '../helpers/state.ts'

const signal = (state: ServiceState, kind: HeartbeatKind, at: number, outages: Outage[] = []) =>
  afterSignal(state, { kind, at }, rules, outages)

const beat = (state: ServiceState, at: number, outages: Outage[] = []) => signal(state, 'heartbeat', at, outages).state

const FIVE_EACH = [300_000, 300_000, 300_000]

describe('a rhythm is learned', () => {
  test('from the fourth heartbeat', () => {
    const third = [0, 5, 11].reduce((state, minute) => beat(state, minute * MINUTE), neverHeard())
    expect(third).toMatchObject({ status: 'unknown', heartbeatCount: 3, gaps: [300_000, 360_000], cadenceMs: null })
    const fourth = signal(third, 'heartbeat', 15 * MINUTE)
    expect(told(fourth)).toEqual([['unknown → alive: learned', 900_000]])
    expect(fourth.state).toMatchObject({ status: 'alive', statusSince: 900_000, gaps: [300_000, 360_000, 240_000] })
    expect(fourth.state.cadenceMs).toBe(300_000)
  })

  test('not from four heartbeats in one millisecond, but from the one after them', () => {
    let state = neverHeard()
    for (let count = 0; count < 4; count++) state = beat(state, 1_000)
    expect(state).toMatchObject({ status: 'unknown', heartbeatCount: 4, gaps: [], cadenceMs: null })
    expect(beat(state, 61_000)).toMatchObject({ status: 'alive', heartbeatCount: 5, gaps: [60_000], cadenceMs: 60_000 })
  })

  test.each([every(1 * HOUR), cron('0 0 * * *')])('and not waited for where there is a schedule: $kind', (schedule) => {
    const first = signal(neverHeard({ schedule }), 'heartbeat', 7)
    expect(told(first)).toEqual([['unknown → alive: schedule', 7]])
    expect(first.state).toMatchObject({ heartbeatCount: 1, lastHeartbeatAt: 7, silenceSince: 7, cadenceMs: null })
  })

  test('the same heartbeat twice counts twice and teaches once', () => {
    expect(beat(beating(), 0)).toEqual(beating({ heartbeatCount: 5 }))
  })

  test('a heartbeat that comes out of order counts, but moves nothing back', () => {
    const state = beat(beating(), -2 * MINUTE)
    expect(state).toEqual(beating({ heartbeatCount: 5 }))
    expect(beat(state, 6 * MINUTE).gaps).toEqual([...FIVE_EACH, 360_000])
  })
})

describe('which gap teaches', () => {
  const down = beating({ status: 'down', statusSince: 10 * MINUTE })

  test.each<[string, ServiceState, Outage[], number[]]>([
    ['one that is as expected', beating(), [], [...FIVE_EACH, HOUR]],
    ['one of a real incident', down, [], [...FIVE_EACH, HOUR]],
    [
      'one with a failure in it, from heartbeat to heartbeat',
      { ...down, failing: true, silenceSince: 30 * MINUTE },
      [],
      [...FIVE_EACH, HOUR],
    ],
    ['not one that begins and ends in a pause', beating({ pausedAt: -1 }), [], FIVE_EACH],
    ['not one whose end is in a pause', beating({ pausedAt: 1 }), [], FIVE_EACH],
    ['not one with a pause inside', beating({ resumedAt: 30 * MINUTE, silenceSince: 30 * MINUTE }), [], FIVE_EACH],
    ['not one whose beginning was in a pause', beating({ resumedAt: 1 }), [], FIVE_EACH],
    ['not one that ends a pause', beating({ pausedAt: 1, pauseUntilHeartbeat: true }), [], FIVE_EACH],
    ['one after a pause that a heartbeat ended', beating({ resumedAt: 0 }), [], [...FIVE_EACH, HOUR]],
    ['one long after a pause', beating({ resumedAt: -1 }), [], [...FIVE_EACH, HOUR]],
    ['not one with an outage inside', beating(), [outage(20 * MINUTE, 30 * MINUTE)], FIVE_EACH],
    ['not one of an incident with an outage inside', down, [outage(20 * MINUTE, 30 * MINUTE)], FIVE_EACH],
    ['not one from the start of an outage to its end', beating(), [outage(0, 1 * HOUR)], FIVE_EACH],
    ['one that begins as an outage ends', beating(), [outage(-1 * HOUR, 0)], [...FIVE_EACH, HOUR]],
    ['one that begins a millisecond before that', beating(), [outage(-1 * HOUR, 1)], [...FIVE_EACH, HOUR]],
    ['one with an outage of nearly a tenth', beating(), [outage(0, 6 * MINUTE - 1)], [...FIVE_EACH, HOUR]],
    ['not one with an outage of a tenth', beating(), [outage(0, 6 * MINUTE)], FIVE_EACH],
    [
      'not one with two outages of a tenth together',
      beating(),
      [outage(1 * MINUTE, 4 * MINUTE), outage(50 * MINUTE, 53 * MINUTE)],
      FIVE_EACH,
    ],
    [
      'one with a short pause inside',
      beating({ resumedAt: 30 * MINUTE, pausedMs: 5 * MINUTE }),
      [],
      [...FIVE_EACH, HOUR],
    ],
    ['one whose end is in a short pause', beating({ pausedAt: 55 * MINUTE }), [], [...FIVE_EACH, HOUR]],
    [
      'not one with a short pause and a short outage that are a tenth together',
      beating({ resumedAt: 30 * MINUTE, pausedMs: 3 * MINUTE }),
      [outage(40 * MINUTE, 43 * MINUTE)],
      FIVE_EACH,
    ],
    ['one that ends as an outage begins', beating(), [outage(1 * HOUR, 2 * HOUR)], [...FIVE_EACH, HOUR]],
    ['one that ends a millisecond after that', beating(), [outage(1 * HOUR - 1, 2 * HOUR)], [...FIVE_EACH, HOUR]],
  ])('%s', (_title, before, outages, gaps) => {
    const { state } = signal(before, 'heartbeat', 1 * HOUR, outages)
    expect(state).toMatchObject({ gaps, cadenceMs: 300_000, heartbeatCount: 5, lastHeartbeatAt: 3_600_000 })
  })

  test('the gap after an outage teaches again', () => {
    const outages = [outage(1 * MINUTE, 20 * MINUTE)]
    const state = beat(beat(beating(), 21 * MINUTE, outages), 28 * MINUTE, outages)
    expect(state.gaps).toEqual([...FIVE_EACH, 420_000])
  })
})

describe('recovery is to alive', () => {
  test.each<[string, ServiceState, string]>([
    ['from down', beating({ status: 'down' }), 'down → alive: heartbeat'],
    ['from dead', beating({ status: 'dead' }), 'dead → alive: heartbeat'],
    ['from a failure', beating({ status: 'down', failing: true }), 'down → alive: heartbeat'],
    [
      'from a failure before the rhythm is known',
      heardOnce({ status: 'down', failing: true }),
      'down → alive: heartbeat',
    ],
    ['from death before the first heartbeat', neverHeard({ status: 'dead' }), 'dead → alive: heartbeat'],
  ])('%s', (_title, before, expected) => {
    const outcome = signal(before, 'success', 1 * HOUR)
    expect(told(outcome)).toEqual([[expected, 3_600_000]])
    expect(outcome.state).toMatchObject({ status: 'alive', statusSince: 3_600_000, failing: false })
  })

  test('a service that recovers before its rhythm is known has no deadline until it is', () => {
    let { state } = signal(heardOnce({ status: 'down', failing: true }), 'heartbeat', 5 * MINUTE)
    state = beat(state, 10 * MINUTE)
    expect(deadlineOf(state, rules, [])).toBeNull()
    const fourth = signal(state, 'heartbeat', 15 * MINUTE)
    expect(fourth.changes).toEqual([])
    expect(deadlineOf(fourth.state, rules, [])).toBe(1_500_000)
  })
})

describe('a failure', () => {
  test.each<[string, ServiceState, string[]]>([
    ['of an alive service', beating(), ['alive → down: fail']],
    ['of a service that waits for data', heardOnce(), ['unknown → down: fail']],
    ['of a service that was never heard', neverHeard(), ['unknown → down: fail']],
    ['of a dead service', beating({ status: 'dead' }), ['dead → down: fail']],
    ['of a service that is down already', beating({ status: 'down' }), []],
    ['of a paused service', beating({ pausedAt: 1 }), []],
    ['of a service that is paused until its next heartbeat', beating({ pausedAt: 1, pauseUntilHeartbeat: true }), []],
  ])('is down at once and no heartbeat: %s', (_title, before, expected) => {
    const outcome = signal(before, 'fail', 60_000)
    const transitions = outcome.changes.filter(({ isCause }) => !isCause)
    expect(told({ ...outcome, changes: transitions })).toEqual(expected.map((change) => [change, 60_000]))
    const status = expected.length > 0 ? { status: 'down', statusSince: 60_000 } : {}
    expect(outcome.state).toEqual({ ...before, ...status, failing: before.pausedAt === null, silenceSince: 60_000 })
  })

  test('starts the dead clock afresh', () => {
    expect(deadAtOf(signal(beating(), 'fail', 3 * DAY).state, rules, [])).toBe(10 * DAY)
  })

  test('that comes out of order moves nothing back', () => {
    expect(signal(beating(), 'fail', -1).state.silenceSince).toBe(0)
  })
})

test.each<[HeartbeatKind, ServiceState]>([
  ['start', beating()],
  ['log', beating()],
  ['start', beating({ status: 'down', failing: true })],
  ['log', beating({ status: 'dead' })],
  ['start', neverHeard({ schedule: every(1 * HOUR) })],
  ['log', beating({ pausedAt: 1, pauseUntilHeartbeat: true })],
])('%s changes nothing', (kind, before) => {
  expect(signal(before, kind, 1 * MINUTE)).toEqual({ state: before, changes: [] })
})

test.each<HeartbeatKind>(['success', 'attention'])('%s is a heartbeat in every respect', (kind) => {
  const services = [beating(), heardOnce({ heartbeatCount: 3 }), beating({ status: 'dead' }), neverHeard()]
  services.push(beating({ status: 'down', failing: true }), beating({ pausedAt: 1, pauseUntilHeartbeat: true }))
  for (const before of services) expect(signal(before, kind, 5)).toEqual(signal(before, 'heartbeat', 5))
})
