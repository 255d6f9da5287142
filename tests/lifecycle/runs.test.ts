import { describe, expect, test } from 'vitest'
import type { HeartbeatKind } from '../../db/schema.ts'
import { afterSettings, withSettings } from '../../server/lifecycle/declared.ts'
import type { Outage } from '../../server/lifecycle/listening.ts'
import { afterPause, afterResume } from '../../server/lifecycle/pause.ts'
import { usualRunMs } from '../../server/lifecycle/runs.ts'
import { afterSignal } from '../../server/lifecycle/signal.ts'
import { afterSilence, nextChangeAt, type Outcome, type ServiceState } from '../../server/lifecycle/transition.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../helpers/clock.ts'
import { beating, cron, every, heardOnce, neverHeard, outage, rules, told } from '../helpers/state.ts'

type Step = [kind: HeartbeatKind, at: number, runId?: string]

/** What changes, step by step and then by silence until `now`. Other causes of what is down already are left out. */
function story(before: ServiceState, steps: Step[], now: number, outages: Outage[] = []) {
  let state = before
  const changes: [string, number][] = []
  const note = (outcome: Outcome) =>
    changes.push(...told({ ...outcome, changes: outcome.changes.filter(({ isCause }) => !isCause) }))
  for (const [kind, at, runId] of steps) {
    const outcome = afterSignal(state, { kind, at, runId: runId ?? null }, rules, outages)
    note(outcome)
    state = outcome.state
  }
  const outcome = afterSilence(state, now, rules, outages)
  note(outcome)
  return { state: outcome.state, told: changes }
}

/** A service that is alive by four runs of 12 minutes, a day apart, the last one started at 0. */
const nightly = (differences: Partial<ServiceState> = {}) =>
  story(
    neverHeard({ ...differences, silenceSince: -3 * DAY, statusSince: -3 * DAY }),
    [-3 * DAY, -2 * DAY, -1 * DAY, 0].flatMap((at): Step[] => [
      ['start', at],
      ['success', at + 12 * MINUTE],
    ]),
    12 * MINUTE,
  ).state

describe('a run that does not end makes its service down', () => {
  test.each<[string, ServiceState, Step[], [string, number][]]>([
    [
      'after the time that was declared, taken literally',
      neverHeard({ maxRunMs: 20 * SECOND }),
      [['start', 1 * HOUR]],
      [['unknown → down: run', 1 * HOUR + 20 * SECOND]],
    ],
    [
      'after the grace of its cron line, before anything is known',
      neverHeard({ schedule: cron('30 2 * * *') }),
      [['start', 2.5 * HOUR]],
      [['unknown → down: run', 2.5 * HOUR + 5 * MINUTE]],
    ],
    [
      'after the grace of its period, before anything is known',
      neverHeard({ schedule: every(1 * DAY, 1 * HOUR) }),
      [['start', 2 * HOUR]],
      [['unknown → down: run', 3 * HOUR]],
    ],
    [
      'after twice the longest run, once three have ended',
      nightly(),
      [['start', 1 * DAY]],
      [['alive → down: run', 1 * DAY + 24 * MINUTE]],
    ],
    [
      'after what is declared, though three have ended',
      nightly({ maxRunMs: 2 * HOUR }),
      [['start', 1 * DAY]],
      [['alive → down: run', 1 * DAY + 2 * HOUR]],
    ],
    [
      'also if it is the thirtieth that does not',
      neverHeard({ maxRunMs: 1 * HOUR }),
      Array.from({ length: 30 }, (_, index): Step => ['start', index * MINUTE, `run ${index}`]),
      [['unknown → down: run', 1 * HOUR]],
    ],
    [
      'also if it starts again and again under no id',
      neverHeard({ maxRunMs: 1 * HOUR }),
      Array.from({ length: 30 }, (_, index): Step => ['start', index * MINUTE]),
      [['unknown → down: run', 1 * HOUR]],
    ],
    [
      'beside others that end well',
      neverHeard({ maxRunMs: 1 * HOUR }),
      [
        ['start', 0, 'stuck'],
        ['start', 10 * MINUTE, 'good'],
        ['success', 20 * MINUTE, 'good'],
      ],
      [['unknown → down: run', 1 * HOUR]],
    ],
    [
      'whatever heartbeats come while it lasts',
      nightly(),
      [
        ['start', 1 * DAY],
        ['heartbeat', 1 * DAY + 5 * MINUTE],
        ['log', 1 * DAY + 6 * MINUTE],
      ],
      [['alive → down: run', 1 * DAY + 24 * MINUTE]],
    ],
    [
      'though it was dead',
      heardOnce({ status: 'dead', statusSince: 7 * DAY, maxRunMs: 1 * HOUR }),
      [['start', 8 * DAY]],
      [['dead → down: run', 8 * DAY + 1 * HOUR]],
    ],
  ])('%s', (_title, service, steps, expected) => {
    const [, at] = expected.at(-1) as [string, number]
    expect(story(service, steps, at).told).toEqual(expected.slice(0, -1))
    expect(story(service, steps, at + 1).told).toEqual(expected)
    expect(story(service, steps, at + 2 * MINUTE).told).toEqual(expected)
  })

  test('and not sooner than a minute, if the longest was shorter', () => {
    const quick = story(
      neverHeard(),
      [0, 1, 2].flatMap((at): Step[] => [
        ['start', at * DAY],
        ['success', at * DAY + SECOND],
      ]),
      2 * DAY + SECOND,
    ).state
    expect(story(quick, [['start', 3 * DAY]], 3 * DAY + 1 * HOUR).told).toEqual([
      ['unknown → down: run', 3 * DAY + 1 * MINUTE],
    ])
  })

  test('and is only shown while nothing says how long it may take', () => {
    const { state, told } = story(heardOnce(), [['start', 1 * HOUR]], 6 * DAY)
    expect(told).toEqual([])
    expect(state.runs?.open).toMatchObject([{ startedAt: 1 * HOUR, isOverdue: false }])
  })

  test('and is judged once three others have ended, from then on', () => {
    const ended = [1, 2, 3].flatMap((at): Step[] => [
      ['start', at * HOUR, `${at}`],
      ['success', at * HOUR + 10 * MINUTE, `${at}`],
    ])
    expect(story(neverHeard(), [['start', 0, 'stuck'], ...ended], 3.5 * HOUR).told).toEqual([
      ['unknown → down: run', 3 * HOUR + 10 * MINUTE],
    ])
  })

  test('before silence does, and then silence adds nothing', () => {
    const service = nightly({ schedule: cron('0 0 * * *') })
    expect(story(service, [['start', 1 * DAY]], 3 * DAY).told).toEqual([['alive → down: run', 1 * DAY + 24 * MINUTE]])
  })

  test('is another cause of one that is down already', () => {
    const silent = beating({ maxRunMs: 1 * HOUR })
    const { changes } = afterSilence(story(silent, [['start', 5 * MINUTE]], 20 * MINUTE).state, 2 * HOUR, rules, [])
    expect(changes).toMatchObject([{ from: 'down', to: 'down', reason: 'run', isCause: true, silentSince: 5 * MINUTE }])
  })
})

describe('a service that is down by a run', () => {
  const stuck = story(neverHeard({ maxRunMs: 1 * HOUR }), [['start', 0, 'stuck']], 2 * HOUR).state

  test.each<[string, Step[], [string, number][]]>([
    ['is alive when it ends', [['success', 3 * HOUR, 'stuck']], [['down → alive: heartbeat', 3 * HOUR]]],
    [
      'is alive when a later one succeeds',
      [
        ['start', 2 * HOUR, 'later'],
        ['success', 2.5 * HOUR, 'later'],
      ],
      [['down → alive: heartbeat', 2.5 * HOUR]],
    ],
    [
      'stays down when an earlier one succeeds',
      [
        ['start', -1 * HOUR, 'earlier'],
        ['success', 2.5 * HOUR, 'earlier'],
      ],
      [],
    ],
    ['stays down when it fails', [['fail', 3 * HOUR, 'stuck']], []],
    ['stays down by a heartbeat', [['heartbeat', 3 * HOUR]], []],
    [
      'is told once, however long',
      [
        ['heartbeat', 3 * HOUR],
        ['heartbeat', 3.5 * HOUR],
      ],
      [],
    ],
  ])('%s', (_title, steps, expected) => {
    expect(story(stuck, steps, 3.9 * HOUR).told).toEqual(expected)
  })
})

describe('ends of runs', () => {
  test('belong to the run of their id, also if runs overlap', () => {
    const { state } = story(
      neverHeard(),
      [
        ['start', 0, 'a'],
        ['start', 1 * MINUTE, 'b'],
        ['success', 5 * MINUTE, 'a'],
        ['fail', 9 * MINUTE, 'b'],
      ],
      9 * MINUTE,
    )
    expect(state.runs).toMatchObject({ open: [], tookMs: [5 * MINUTE, 8 * MINUTE] })
  })

  test('teach what the client says that they took', () => {
    const durations = [1, 2, 3].map((minutes) => minutes * MINUTE)
    let state = neverHeard()
    for (const durationMs of durations)
      state = afterSignal(state, { kind: 'success', at: 1 * HOUR, durationMs }, rules, []).state
    expect(state.runs?.tookMs).toEqual(durations)
    expect(usualRunMs(state.runs)).toBe(2 * MINUTE)
  })

  test('that come hours late as failures teach nothing: somebody killed the run', () => {
    const { state } = story(
      nightly(),
      [
        ['start', 1 * DAY],
        ['fail', 1 * DAY + 10 * HOUR],
      ],
      1 * DAY + 10 * HOUR,
    )
    expect(state.runs?.tookMs).toEqual(Array(4).fill(12 * MINUTE))
  })

  test('are heartbeats for a service that knows no others', () => {
    const steps: Step[] = [
      ['start', 0],
      ['heartbeat', 4 * MINUTE],
    ]
    const { state, told } = story(neverHeard({ schedule: every(1 * DAY, 1 * HOUR) }), steps, 12 * HOUR)
    expect(told).toEqual([['unknown → alive: schedule', 4 * MINUTE]])
    expect(state.runs).toMatchObject({ open: [], tookMs: [4 * MINUTE] })
  })

  test('keep twenty open runs and twenty lengths at most, the oldest open one among them', () => {
    const starts = Array.from({ length: 50 }, (_, index): Step => ['start', index, `${index}`])
    const ends = Array.from({ length: 50 }, (_, index): Step[] => [
      ['start', 1_000 + index, 'same'],
      ['success', 2_000 + 2 * index, 'same'],
    ]).flat()
    expect(story(neverHeard(), starts, 50).state.runs?.open.map(({ id }) => id)).toEqual([
      '0',
      ...Array.from({ length: 19 }, (_, index) => `${31 + index}`),
    ])
    expect(story(neverHeard(), ends, 3_000).state.runs?.tookMs).toHaveLength(20)
  })

  test('are not waited for for ever where nothing can judge them', () => {
    const { state } = story(
      heardOnce(),
      [
        ['start', 0, 'lost'],
        ['success', 8 * DAY, 'other'],
      ],
      8 * DAY,
    )
    expect(state.runs?.open).toEqual([])
  })
})

describe('a start belongs to a due time', () => {
  const hourly = beating({ schedule: cron('0 * * * *'), lastHeartbeatAt: 12 * HOUR, silenceSince: 12 * HOUR })

  test.each<[string, Step[], [string, number][]]>([
    [
      'a run begun by hand at 12:40 does not hide that the 13:00 run never began',
      [
        ['start', 12 * HOUR + 40 * MINUTE],
        ['success', 12 * HOUR + 42 * MINUTE],
      ],
      [['alive → down: silence', 13 * HOUR + 5 * MINUTE]],
    ],
    [
      'nor does it if it ends at 13:02',
      [
        ['start', 12 * HOUR + 58 * MINUTE - 18 * MINUTE],
        ['heartbeat', 12 * HOUR + 41 * MINUTE],
        ['start', 12 * HOUR + 54 * MINUTE],
        ['success', 13 * HOUR + 2 * MINUTE],
      ],
      [
        ['alive → down: run', 12 * HOUR + 59 * MINUTE],
        ['down → alive: heartbeat', 13 * HOUR + 2 * MINUTE],
        ['alive → down: silence', 13 * HOUR + 5 * MINUTE],
      ],
    ],
    [
      'one that began at 12:58 is the 13:00 run',
      [
        ['start', 12 * HOUR + 58 * MINUTE],
        ['success', 13 * HOUR + 1 * MINUTE],
      ],
      [['alive → down: silence', 14 * HOUR + 5 * MINUTE]],
    ],
    [
      'one that began at 13:04 is, too',
      [
        ['start', 13 * HOUR + 4 * MINUTE],
        ['success', 13 * HOUR + 8 * MINUTE],
      ],
      [['alive → down: silence', 14 * HOUR + 5 * MINUTE]],
    ],
  ])('%s', (_title, steps, expected) => {
    expect(story(hourly, steps, 14 * HOUR + 6 * MINUTE).told).toEqual(expected)
  })

  test('the 12:40 run that ends at 13:02 hides nothing', () => {
    const slow = { ...hourly, maxRunMs: 1 * HOUR }
    const steps: Step[] = [
      ['start', 12 * HOUR + 40 * MINUTE],
      ['success', 13 * HOUR + 2 * MINUTE],
    ]
    expect(story(slow, steps, 13 * HOUR + 6 * MINUTE).told).toEqual([['alive → down: silence', 13 * HOUR + 5 * MINUTE]])
  })

  test.each<[string, Step[]]>([
    [
      'of a run by hand',
      [
        ['start', 13 * HOUR + 40 * MINUTE],
        ['success', 14 * HOUR + 20 * MINUTE],
      ],
    ],
    [
      'of one that began on time and took long',
      [
        ['start', 13 * HOUR],
        ['success', 14 * HOUR + 30 * MINUTE],
      ],
    ],
  ])('a success after a due time was told settles that: %s', (_title, steps) => {
    const slow = { ...hourly, maxRunMs: 2 * HOUR, lastHeartbeatAt: 13 * HOUR, silenceSince: 13 * HOUR }
    const end = (steps.at(-1) as Step)[1]
    expect(story(slow, steps, 15 * HOUR + 6 * MINUTE).told).toEqual([
      ['alive → down: silence', 14 * HOUR + 5 * MINUTE],
      ['down → alive: heartbeat', end],
      ['alive → down: silence', 15 * HOUR + 5 * MINUTE],
    ])
  })

  test('the length that the client tells says when it began, if its start was lost', () => {
    const at = 13 * HOUR + 2 * MINUTE
    const { state } = afterSignal(hourly, { kind: 'success', at, durationMs: 22 * MINUTE }, rules, [])
    expect(told(afterSilence(state, 13 * HOUR + 6 * MINUTE, rules, []))).toEqual([
      ['alive → down: silence', 13 * HOUR + 5 * MINUTE],
    ])
  })

  test('of a period, too: while the run lasts, its own deadline counts', () => {
    const service = beating({ schedule: every(1 * HOUR, 10 * MINUTE), maxRunMs: 40 * MINUTE })
    const steps: Step[] = [
      ['start', 1 * HOUR],
      ['success', 1.5 * HOUR],
    ]
    expect(story(service, steps, 2.5 * HOUR).told).toEqual([])
  })
})

describe('outages of the monitor', () => {
  test('do not count as time of a run', () => {
    const service = neverHeard({ maxRunMs: 1 * HOUR })
    const away = [outage(10 * MINUTE, 30 * MINUTE)]
    expect(story(service, [['start', 0]], 80 * MINUTE, away).told).toEqual([])
    expect(story(service, [['start', 0]], 80 * MINUTE + 1, away).told).toEqual([['unknown → down: run', 80 * MINUTE]])
  })

  test('that hide the moment at which a run usually ends excuse it until a later one succeeds', () => {
    const away = [outage(1 * DAY + 11 * MINUTE, 1 * DAY + 13 * MINUTE)]
    const { state, told } = story(nightly(), [['start', 1 * DAY, 'a']], 1.9 * DAY, away)
    expect(told).toEqual([])
    expect(state.runs?.open).toHaveLength(1)
    const later = story(
      state,
      [
        ['start', 1.9 * DAY, 'b'],
        ['success', 1.9 * DAY + MINUTE, 'b'],
      ],
      1.9 * DAY + HOUR,
      away,
    )
    expect(later).toMatchObject({ told: [], state: { runs: { open: [] } } })
  })

  test('that lie elsewhere excuse nothing', () => {
    const away = [outage(1 * DAY + 2 * MINUTE, 1 * DAY + 3 * MINUTE)]
    expect(story(nightly(), [['start', 1 * DAY]], 1.5 * DAY, away).told).toEqual([
      ['alive → down: run', 1 * DAY + 25 * MINUTE],
    ])
  })
})

describe('pauses and edits', () => {
  const started = story(neverHeard({ maxRunMs: 1 * HOUR }), [['start', 0]], 30 * MINUTE).state

  test('a paused service is not judged by its runs, and their time begins anew', () => {
    const paused = afterPause(started, 30 * MINUTE, false).state
    expect(afterSilence(paused, 1 * DAY, rules, []).changes).toEqual([])
    const resumed = afterResume(paused, 1 * DAY).state
    expect(told(afterSilence(resumed, 2 * DAY, rules, []))).toEqual([['unknown → down: run', 1 * DAY + 1 * HOUR]])
  })

  test('what was down by a run goes down anew after a pause', () => {
    const down = afterSilence(started, 2 * HOUR, rules, []).state
    const resumed = afterResume(afterPause(down, 2 * HOUR, false).state, 3 * HOUR).state
    expect(told(afterSilence(resumed, 5 * HOUR, rules, []))).toEqual([['down → down: run', 4 * HOUR]])
  })

  test('a longer time excuses a run that was overdue, and counts from its start', () => {
    const down = afterSilence(started, 2 * HOUR, rules, []).state
    const edited = withSettings(down, { ...down, maxRunMs: 3 * HOUR }, 2 * HOUR, rules)
    const outcome = afterSettings(down, edited, { nowMs: 2 * HOUR, rules, outages: [] })
    expect(told(outcome)).toEqual([['down → unknown: schedule', 2 * HOUR]])
    expect(nextChangeAt(outcome.state, rules, [])).toBe(3 * HOUR)
  })

  test('a shorter time counts from the edit, a longer one from the start', () => {
    const edited = (maxRunMs: number) => withSettings(started, { ...started, maxRunMs }, 30 * MINUTE, rules)
    expect(nextChangeAt(edited(10 * MINUTE), rules, [])).toBe(40 * MINUTE)
    expect(nextChangeAt(edited(3 * HOUR), rules, [])).toBe(3 * HOUR)
  })
})

describe('failures that are tolerated', () => {
  const fail = (at: number): Step => ['fail', at]

  test.each<[string, number, Step[], [string, number][]]>([
    ['the first makes it down by default', 1, [fail(1)], [['alive → down: fail', 1]]],
    ['the first of two does not', 2, [fail(1)], []],
    ['the second in a row does', 2, [fail(1), fail(2)], [['alive → down: fail', 2]]],
    ['a success between starts the count anew', 2, [fail(1), ['success', 2], fail(3)], []],
    ['a heartbeat does, too', 2, [fail(1), ['heartbeat', 2], fail(3)], []],
    ['a start does not', 2, [fail(1), ['start', 2], fail(3)], [['alive → down: fail', 3]]],
    ['the third of three does', 3, [fail(1), fail(2), fail(3)], [['alive → down: fail', 3]]],
  ])('%s', (_title, failuresTolerated, steps, expected) => {
    expect(story(beating({ failuresTolerated }), steps, 1 * MINUTE).told).toEqual(expected)
  })

  test('a pause starts the count anew', () => {
    const once = story(beating({ failuresTolerated: 2 }), [fail(1)], 2).state
    const resumed = afterResume(afterPause(once, 3, false).state, 4).state
    expect(story(resumed, [fail(5)], 6).told).toEqual([])
  })

  test('silence is not tolerated because of them', () => {
    expect(story(beating({ failuresTolerated: 5 }), [fail(1 * MINUTE)], 1 * HOUR).told).toEqual([
      ['alive → down: silence', 11 * MINUTE],
    ])
  })
})
