import { describe, expect, test } from 'vitest'
import type { HeartbeatKind } from '../../db/schema.ts'
import type { Outputs, Service } from '../../web/live/answers.ts'
import { withNews } from '../../web/live/merge.ts'
import { arrange } from '../../web/overview/arrange.ts'
import { type Remarks, remarksOf } from '../../web/overview/attention.ts'
import { filterOf, overviewHash } from '../../web/overview/filter.ts'
import { barsOf } from '../../web/parts/bars.ts'
import { percentOf, uptimeWords } from '../../web/parts/uptime.ts'
import { hashOf, routeOf } from '../../web/route.ts'
import { inCode, inCrontab, inShell } from '../../web/send/quote.ts'
import { lengthOf } from '../../web/service/lengths.ts'
import { piecesOf } from '../../web/service/pieces.ts'
import { isWide, pointsOf } from '../../web/service/points.ts'
import { newestFailure, signalsOf } from '../../web/service/signals.ts'

const NOW = Date.UTC(2026, 10, 24)

const service = (serviceKey: string, others: Partial<Service> = {}): Service => ({
  serviceKey,
  displayName: serviceKey,
  group: null,
  status: 'alive',
  paused: false,
  muted: false,
  lastHeartbeat: null,
  secondsSinceLastHeartbeat: null,
  lastHeartbeatReadable: null,
  medianIntervalSeconds: null,
  heartbeatCount: 4,
  statusSince: new Date(NOW - 3_600_000).toISOString(),
  deadline: null,
  heartbeatsNeeded: 0,
  ...others,
})

const linesOf = (services: Service[], query = '', remarks: Remarks = new Map()) =>
  arrange(services, remarks, filterOf(new URLSearchParams(query)), NOW).map((line) =>
    line.kind === 'heading' ? `${line.title}: ${line.words}` : line.serviceKey,
  )

describe('the lines of the overview', () => {
  const services = [
    service('b', { group: 'Bots' }),
    service('a10', { group: 'Bots' }),
    service('a9', { group: 'Bots', status: 'down' }),
    service('c', { status: 'unknown' }),
    service('d', { paused: true, status: 'down' }),
  ]

  test('what needs attention comes first, then the groups by name, then what has none', () => {
    expect(linesOf(services)).toEqual([
      'Needs attention: 1 down',
      'a9',
      'Bots: 2 alive',
      'a10',
      'b',
      'Without a group: 1 unknown, 1 paused',
      'c',
      'd',
    ])
  })

  test('a remark brings a service to the top, and so does a death, for a day', () => {
    const dead = service('old', { status: 'dead', statusSince: new Date(NOW - 2 * 86_400_000).toISOString() })
    expect(
      linesOf([dead, service('new', { status: 'dead' }), service('job')], '', new Map([['job', 'asks for a look']])),
    ).toEqual(['Needs attention: 1 dead, 1 alive', 'new', 'job', 'Without a group: 1 dead', 'old'])
  })

  test('another order leaves the groups aside, and puts what has no value last both ways', () => {
    const beats = [
      service('never'),
      service('old', { lastHeartbeat: '2026-11-23T00:00:00Z' }),
      service('new', { lastHeartbeat: '2026-11-23T12:00:00Z' }),
    ]
    expect(linesOf(beats, 'order=heard')).toEqual(['All others: 3 alive', 'new', 'old', 'never'])
    expect(linesOf(beats, 'order=heard backwards')).toEqual(['All others: 3 alive', 'old', 'new', 'never'])
  })

  test.each([
    ['search=a1', ['Bots: 1 alive', 'a10']],
    ['search=bots+B', ['Needs attention: 1 down', 'a9', 'Bots: 2 alive', 'a10', 'b']],
    ['status=paused', ['Without a group: 1 paused', 'd']],
    ['status=unknown&group=Bots', []],
  ])('%s leaves %j', (query, lines) => {
    expect(linesOf(services, query)).toEqual(lines)
  })
})

test('a row has all remarks about its service, what others wrote last', () => {
  const down = (serviceKey: string, acknowledgedBy: string | null, muted: boolean) => ({
    ...{ serviceKey, displayName: serviceKey, since: '', seconds: 1, reason: 'fail', note: null, runStartedAt: null },
    ...{ acknowledged: acknowledgedBy !== null, acknowledgedBy, muted },
  })
  const named = { displayName: '', at: '', silentSince: '', seconds: 1 }
  expect(
    remarksOf({
      down: [
        down('both', 'Ada', true),
        down('seen', 'Ada', false),
        down('muted', null, true),
        down('neither', null, false),
      ],
      flapping: [{ ...named, serviceKey: 'both', incidents: 6 }],
      attention: [{ ...named, serviceKey: 'both', note: 'disk' }],
      inactive: [{ ...named, serviceKey: 'idle' }],
    } as Partial<Outputs['summary']> as Outputs['summary']),
  ).toEqual(
    new Map([
      ['both', 'acknowledged by Ada, muted, flapping, 6 incidents, asks for a look: disk'],
      ['seen', 'acknowledged by Ada'],
      ['muted', 'muted'],
      ['idle', 'not heard for long'],
    ]),
  )
})

test('services that are called like members of objects are services like others', () => {
  const members = ['__proto__', 'constructor', 'hasOwnProperty', 'toString']
  const services = members.map((key) => service(key))
  expect(linesOf(services)).toEqual(['Without a group: 4 alive', ...members])
  const remarks = new Map(members.map((key) => [key, `look at ${key}`]))
  const remarked = arrange(services, remarks, filterOf(new URLSearchParams()), NOW)
  expect(remarked.flatMap((line) => (line.kind === 'service' ? line.remark : []))).toEqual([...remarks.values()])
})

test('a failure is the newest verdict until something better is heard', () => {
  const seen = (...kinds: HeartbeatKind[]) =>
    newestFailure(
      kinds.map((kind, index) => ({ at: String(index), kind, gapSeconds: 1, durationSeconds: null, details: null })),
    )
  expect(seen('log', 'start', 'fail', 'success')?.at).toBe('2')
  for (const kind of ['success', 'heartbeat', 'attention'] as const) expect(seen(kind, 'fail')).toBeNull()
  expect(seen('start')).toBeNull()
})

test.each<[string[], number[], string[]]>([
  [['a', 'b'], [], ['a\nb']],
  [['a', 'b', 'c'], [1], ['a', '!b', 'c']],
  [
    ['a', '', 'b', '', 'c'],
    [4, 2],
    ['a\n\n', '!b', '\n', '!c'],
  ],
  [['a'], [0], ['!a']],
  [['a'], [-1], ['a']],
])('of the lines %j the lines %j are marked, and blank ones stay', (lines, marked, expected) => {
  const pieces = piecesOf(lines, new Set(marked))
  expect(pieces.map(({ text, isMarked }) => (isMarked ? `!${text}` : text))).toEqual(expected)
})

test('an address says what is shown, whatever a key or group is called', () => {
  const key = 'a/b?c#d é 100%'
  expect(routeOf(hashOf('service', key))).toMatchObject({ view: 'service', of: key })
  expect(routeOf('#/service/100%')).toMatchObject({ view: 'service', of: '100%' })
  expect(routeOf('')).toMatchObject({ view: 'overview', of: null })
  expect(routeOf('#/nowhere')).toMatchObject({ view: 'nothing' })
  const filter = { search: 'a & b', status: 'down', group: 'Bots', order: 'heard', backwards: true } as const
  expect(filterOf(routeOf(overviewHash(filter)).filter)).toEqual(filter)
})

test('news replaces, adds in the order of keys and removes, and leaves the others as they are', () => {
  const [a, b, d] = [service('a'), service('b'), service('d')]
  const counts = { unknown: 0, alive: 3, down: 0, dead: 0, paused: 0 }
  const answer = { now: '', counts, services: [a, b, d], nextCursor: null }
  const news = (serviceKey: string, heard: Service | null) => ({ serviceKey, service: heard, strip: null })
  const after = withNews(
    answer,
    new Map([
      ['b', news('b', null)],
      ['c', news('c', service('c'))],
      ['d', news('d', service('d', { status: 'down' }))],
    ]),
  )
  expect(after.services.map(({ serviceKey, status }) => `${serviceKey} ${status}`)).toEqual([
    'a alive',
    'c alive',
    'd down',
  ])
  expect(after.services[0]).toBe(a)
  expect(after.counts).toEqual({ unknown: 0, alive: 2, down: 1, dead: 0, paused: 0 })
})

test('a gap is on time, late or missed by the limit, and without a limit none is blamed', () => {
  expect(barsOf([300, 500, 601], 600).map(({ kind }) => kind)).toEqual(['on-time', 'late', 'missed'])
  expect(barsOf([300, 9_000], null).map(({ kind }) => kind)).toEqual(['on-time', 'on-time'])
  expect(barsOf([0], null)).toEqual([{ height: expect.any(Number), kind: 'on-time' }])
})

test('what was ever down is never told as 100 %, and what is not known of is kept apart', () => {
  expect(percentOf(0.999_99)).toBe(percentOf(0.9999))
  expect(percentOf(0.999_99)).not.toBe(percentOf(1))
  const period = { days: 1, aliveSeconds: 80_000, downSeconds: 300, noDataSeconds: 6_100, ratio: 0.9963 }
  expect(uptimeWords(period)).toBe('down 5 min, no data 1 h 42 min')
  expect(uptimeWords({ ...period, downSeconds: 0, noDataSeconds: 0, ratio: 1 })).toBe('never down')
  expect(uptimeWords({ ...period, aliveSeconds: 0, downSeconds: 0, noDataSeconds: 86_400, ratio: null })).toBe(
    'no data 1 d',
  )
})

test('a start and a log end no gap, and the absence of the monitor is none', () => {
  const seen = (kind: 'heartbeat' | 'start' | 'success' | 'log', at: string) => ({
    kind,
    at: `2026-11-24T${at}Z`,
    gapSeconds: null,
    durationSeconds: null,
    details: null,
  })
  const newestFirst = [
    seen('success', '00:15:00'),
    seen('start', '00:11:00'),
    seen('heartbeat', '00:10:00'),
    seen('log', '00:05:00'),
    seen('heartbeat', '00:00:00'),
  ]
  const points = pointsOf(newestFirst, [])
  expect(points.map(({ gapSeconds }) => gapSeconds)).toEqual([600, 300])
  expect(isWide(points, 1_200)).toBe(false)
  expect(isWide(points, 6_000)).toBe(true)

  const outages = [{ from: '2026-11-24T00:08:00Z', to: '2026-11-24T00:12:00Z' }]
  expect(pointsOf(newestFirst, outages).map(({ gapSeconds }) => gapSeconds)).toEqual([480, 180])
})

test('the start of a run is told only while the run has no end', () => {
  const signal = (kind: 'start' | 'success' | 'heartbeat' | 'log', runId: string) => ({
    kind,
    at: '2026-11-24T00:00:00Z',
    gapSeconds: null,
    durationSeconds: null,
    details: { runId },
  })
  const newestFirst = [
    signal('start', 'c'),
    signal('success', 'a'),
    signal('log', 'a'),
    signal('heartbeat', ''),
    signal('start', 'b'),
    signal('start', 'a'),
  ]
  const told = signalsOf(newestFirst).map(({ kind, details: told }) => `${kind} ${JSON.stringify(told)}`)
  expect(told).toEqual(['start {"runId":"c"}', 'success {"runId":"a"}', 'log {"runId":"a"}', 'start {"runId":"b"}'])
})

test('of runs that overlap without ids, only as many starts are left out as have ended', () => {
  const signal = (kind: 'start' | 'success', second: number) => ({
    ...{ kind, at: `2026-11-24T00:00:0${second}Z` },
    ...{ gapSeconds: null, durationSeconds: null, details: null },
  })
  const newestFirst = [signal('success', 5), signal('success', 4), signal('start', 3), signal('start', 2)]
  expect(signalsOf(newestFirst)).toEqual(newestFirst.slice(0, 2))
  const more = [...newestFirst, signal('start', 1)]
  expect(signalsOf(more)).toEqual([...more.slice(0, 2), more[4]])
})

test('keys are quoted for where they go', () => {
  expect(inShell('nightly-backup')).toBe('nightly-backup')
  expect(inShell("it's $(reboot)")).toBe("'it'\\''s $(reboot)'")
  expect(inCrontab('curl %F0')).toBe('curl \\%F0')
  expect(inCode("a'b\\")).toBe('"a\'b\\\\"')
})

test.each([
  [90, { count: 90, unit: 'seconds' }],
  [5_400, { count: 90, unit: 'minutes' }],
  [86_400, { count: 1, unit: 'days' }],
])('%d s is written as %j', (seconds, length) => {
  expect(lengthOf(seconds)).toEqual(length)
})
