import { describe, expect, test } from 'vitest'
import { afterPause, afterResume } from '../../server/lifecycle/pause.ts'
import { afterSignal } from '../../server/lifecycle/signal.ts'
import { afterSilence, nextChangeAt, type ServiceState } from '../../server/lifecycle/transition.ts'
import { DAY, HOUR, MINUTE } from '../helpers/clock.ts'
import { beating, heardOnce, rules, told } from '../helpers/state.ts'

const beat = (state: ServiceState, at: number) => afterSignal(state, { kind: 'heartbeat', at }, rules, [])

describe('a paused service', () => {
  test.each<[string, ServiceState]>([
    ['that was alive', beating({ pausedAt: 1 })],
    ['that waited for data', heardOnce({ heartbeatCount: 3, pausedAt: 1 })],
  ])('%s hears its heartbeat and stays paused', (_title, before) => {
    const { state, changes } = beat(before, 5 * MINUTE)
    expect(changes).toEqual([])
    expect(state).toMatchObject({ status: before.status, statusSince: 0, pausedAt: 1, gaps: before.gaps })
    expect(state).toMatchObject({ lastHeartbeatAt: 300_000, silenceSince: 300_000, resumedAt: null })
  })

  test.each(['down', 'dead'] as const)('that was %s is alive by its heartbeat, and stays paused', (status) => {
    const { state, changes } = beat(beating({ status, pausedAt: 1 }), 5 * MINUTE)
    expect(changes).toMatchObject([{ from: status, to: 'alive', at: 300_000 }])
    expect(state).toMatchObject({ status: 'alive', pausedAt: 1, resumedAt: null })
  })

  test('that a heartbeat found failing no longer is', () => {
    expect(beat(beating({ status: 'down', failing: true, pausedAt: 1 }), 5 * MINUTE).state.failing).toBe(false)
  })

  test('never changes by silence, however long', () => {
    for (const status of ['unknown', 'alive', 'down'] as const) {
      expect(afterSilence(beating({ status, pausedAt: 1 }), 1_000 * DAY, rules, []).changes).toEqual([])
    }
  })
})

describe('a pause until the next heartbeat', () => {
  test.each<[string, ServiceState, [string, number][]]>([
    ['of an alive service', beating(), []],
    ['of a down service', beating({ status: 'down' }), [['down → alive: heartbeat', 3_600_000]]],
    ['of a failing service', beating({ status: 'down', failing: true }), [['down → alive: heartbeat', 3_600_000]]],
    ['of a dead service', beating({ status: 'dead' }), [['dead → alive: heartbeat', 3_600_000]]],
    ['of a service that waits for data', heardOnce(), []],
  ])('ends with it: %s', (_title, service, expected) => {
    const outcome = beat({ ...service, pausedAt: 1, pauseUntilHeartbeat: true }, 1 * HOUR)
    expect(told(outcome)).toEqual(expected)
    expect(outcome.state).toMatchObject({ pausedAt: null, pauseUntilHeartbeat: false, resumedAt: 3_600_000 })
    expect(outcome.state).toMatchObject({ failing: false, silenceSince: 3_600_000, gaps: service.gaps })
  })

  test('is over for good: the next gap teaches and the deadline is back', () => {
    const paused = beating({ pausedAt: 1, pauseUntilHeartbeat: true })
    const { state } = beat(beat(paused, 1 * HOUR).state, 1 * HOUR + 6 * MINUTE)
    expect(state.gaps).toEqual([300_000, 300_000, 300_000, 360_000])
    expect(told(afterSilence(state, 2 * HOUR, rules, []))).toEqual([['alive → down: silence', 4_560_000]])
  })

  test.each(['start', 'log', 'fail'] as const)('does not end with %s', (kind) => {
    const paused = beating({ pausedAt: 1, pauseUntilHeartbeat: true })
    const { state, changes } = afterSignal(paused, { kind, at: 1 * HOUR }, rules, [])
    expect(changes).toEqual([])
    expect(state).toMatchObject({ pausedAt: 1, pauseUntilHeartbeat: true, status: 'alive' })
  })
})

describe('pausing', () => {
  test.each<[string, ServiceState, [string, number][]]>([
    ['leaves an alive service alive', beating(), []],
    ['leaves one that waits for data waiting', heardOnce(), []],
    ['closes the incident of a down one', beating({ status: 'down' }), [['down → down: pause', 3_600_000]]],
    ['closes it of a dead one', beating({ status: 'dead' }), [['dead → dead: pause', 3_600_000]]],
    ['forgives a failure', beating({ status: 'down', failing: true }), [['down → down: pause', 3_600_000]]],
    ['leaves dead what died unheard', heardOnce({ status: 'dead' }), [['dead → dead: pause', 3_600_000]]],
    ['closes no incident that a pause has closed', beating({ status: 'down', resumedAt: 1_000 }), []],
  ])('%s', (_title, service, expected) => {
    const outcome = afterPause(service, 1 * HOUR, false)
    expect(told(outcome)).toEqual(expected)
    expect(outcome.state).toMatchObject({ pausedAt: 3_600_000, failing: false })
  })
})

describe('resuming', () => {
  test.each<[string, ServiceState, [string, number][]]>([
    ['leaves an alive service alive', beating({ pausedAt: 1 }), []],
    ['leaves what is not paused as it is', beating({ status: 'down' }), []],
    [
      'finds alive what learned its rhythm meanwhile',
      beating({ status: 'unknown', pausedAt: 1 }),
      [['unknown → alive: resume', 3_600_000]],
    ],
  ])('%s', (_title, service, expected) => {
    expect(told(afterResume(service, 1 * HOUR))).toEqual(expected)
  })

  test.each<[string, ServiceState]>([
    ['down', beating({ status: 'down', pausedAt: 1 })],
    ['dead', beating({ status: 'dead', pausedAt: 1 })],
    ['dead unheard', heardOnce({ status: 'dead', pausedAt: 1 })],
  ])('leaves %s what was so', (_title, service) => {
    const { state, changes } = afterResume(service, 1 * HOUR)
    expect(changes).toEqual([])
    expect(told(beat(state, 1 * HOUR + 1))).toEqual([[`${service.status} → alive: heartbeat`, 3_600_001]])
  })

  test('makes what was down go down anew by the next deadline, once', () => {
    const { state } = afterResume(beating({ status: 'down', pausedAt: 1 }), 1 * HOUR)
    expect(nextChangeAt(state, rules, [])).toBe(4_200_000)
    const outcome = afterSilence(state, 2 * HOUR, rules, [])
    expect(told(outcome)).toEqual([['down → down: silence', 4_200_000]])
    expect(told(afterSilence(outcome.state, 3 * HOUR, rules, []))).toEqual([])
  })

  test('makes what was down go down anew by a failure', () => {
    const { state } = afterResume(beating({ status: 'down', pausedAt: 1 }), 1 * HOUR)
    const outcome = afterSignal(state, { kind: 'fail', at: 1 * HOUR + MINUTE }, rules, [])
    expect(told(outcome)).toEqual([['down → down: fail', 3_660_000]])
    expect(outcome.changes[0]?.isCause).toBeUndefined()
  })

  test('never tells again of what is dead', () => {
    const { state } = afterResume(beating({ status: 'dead', statusSince: 7 * DAY, pausedAt: 8 * DAY }), 9 * DAY)
    expect(afterSilence(state, 1_000 * DAY, rules, []).changes).toEqual([])
    expect(nextChangeAt(state, rules, [])).toBeNull()
  })

  test('starts the silence afresh', () => {
    const { state } = afterResume(beating({ pausedAt: 1 }), 1 * HOUR)
    expect(state).toMatchObject({ pausedAt: null, resumedAt: 3_600_000, silenceSince: 3_600_000, lastHeartbeatAt: 0 })
  })
})
