import { describe, expect, test } from 'vitest'
import { parseMute } from '../../bot/ask/parseMute.ts'
import { findMeant } from '../../bot/ask/services.ts'
import { splits, unquote } from '../../bot/ask/words.ts'
import { referenceTo } from '../../bot/callbackData.ts'
import { historyLines } from '../../bot/view/history.ts'
import { type Overview, statusLines } from '../../bot/view/status.ts'
import { HOUR, MINUTE } from '../helpers/clock.ts'

const NOW = '2026-11-24T14:00:00.000+01:00'
const NOW_MS = Date.parse(NOW)

type Service = Overview['services'][number]

const iso = (ms: number) => new Date(ms + HOUR).toISOString().replace('Z', '+01:00')

const service = (serviceKey: string, more: Partial<Service> = {}): Service => ({
  serviceKey,
  displayName: serviceKey,
  group: null,
  status: 'alive',
  paused: false,
  lastHeartbeat: iso(NOW_MS - 2 * MINUTE),
  secondsSinceLastHeartbeat: 120,
  lastHeartbeatReadable: '2 minutes ago',
  medianIntervalSeconds: 300,
  heartbeatCount: 10,
  muted: false,
  statusSince: iso(NOW_MS - 3 * HOUR),
  deadline: null,
  heartbeatsNeeded: 0,
  ...more,
})

function textOf(services: Service[], down: Overview['down'] = []): string {
  const { title, lines } = statusLines({ now: NOW, services, down, registryUrl: 'http://127.0.0.1:8765' })
  return [title, ...lines.map(({ text }) => text)].join('\n')
}

describe('/status', () => {
  test('of nothing says how to begin', () => {
    expect(textOf([])).toBe(
      "No service yet\nA first heartbeat registers one:\ncurl -X POST 'http://127.0.0.1:8765/heartbeat?service_key=my-service'",
    )
  })

  test('of a few: what is down first, the longest first, then what waits, then what is alive; dead ones are counted', () => {
    const services = [
      service('api'),
      service('new', { status: 'unknown', medianIntervalSeconds: null, heartbeatsNeeded: 1 }),
      service('night', { status: 'unknown', scheduleReadable: 'daily 03:00 Berlin', nextDue: iso(NOW_MS + 13 * HOUR) }),
      service('etl', {
        ...{ muted: true, status: 'down', statusSince: iso(NOW_MS - 20 * MINUTE) },
        ...{ downReason: 'fail', downNote: 'exit code 1: FATAL: too many connections' },
      }),
      service('old', { status: 'dead' }),
      service('import', { status: 'down', downReason: 'silence', statusSince: iso(NOW_MS - 26 * HOUR) }),
      service('billing', { paused: true }),
    ]
    const acts = { since: NOW, seconds: 1, acknowledgedBy: 'Ada', muted: true, acknowledged: true, displayName: 'etl' }
    const why = { reason: 'fail', note: 'disk full', runStartedAt: null }
    expect(textOf(services, [{ ...acts, ...why, serviceKey: 'etl' }])).toBe(
      [
        '🔴 2 down · ⏳ 2 waiting · ⏸ 1 paused · 🟢 1 alive · 🔕 1 muted',
        '🔴 import — 1 d 2 h, since 23 Nov 12:00',
        '🔴 etl — 20 min, since 13:40 👀 Ada 🔕',
        '      failed: exit code 1: FATAL: too many connections',
        '⏳ new — 1 more heartbeat to learn',
        '⏳ night — daily 03:00 Berlin, next in 13 h',
        '⏸ billing — paused',
        '🟢 api — 2 minutes ago',
        '',
        '⚫ 1 dead one left out: /status_full',
        '',
        'as of 14:00 UTC+01:00',
      ].join('\n'),
    )
  })

  test('with groups, what is down comes first all the same, and many healthy ones are named on a few lines', () => {
    const services = [
      ...Array.from({ length: 40 }, (_, index) => service(`bot-${index}`, { group: 'Bots' })),
      service('invoice', { group: 'Shop', status: 'down', statusSince: iso(NOW_MS - MINUTE) }),
      service('loner'),
    ]
    const text = textOf(services)
    expect(text.split('\n').filter((line) => line.startsWith('📁'))).toEqual(['📁 Bots', '📁 No group'])
    expect(text.split('\n')[1]).toBe('🔴 invoice — 1 min, since 13:59 · Shop')
    expect(text).toContain('🟢 bot-0, bot-1, bot-2')
    expect(text.split('\n').length).toBeLessThan(16)
  })

  test('hostile names are names: markup is text, directions end where they began, and long ones are cut', () => {
    const hostile = ['<b>bold</b>', '*_[x](http://evil)_*', '😀'.repeat(200), '\u202Eevil', 'שלום', 'two\nlines', '   ']
    const text = textOf(hostile.map((displayName, index) => service(`key-${index}`, { displayName })))
    expect(text).toContain('🟢 <b>bold</b> — 2 minutes ago')
    expect(text).toContain('🟢 *_[x](http://evil)_* — ')
    expect(text).not.toContain('\u202E')
    expect(text).toContain('\u2068שלום\u2069')
    expect(text).toContain('🟢 two lines — ')
    expect(text).toContain('🟢 (unnamed) — ')
    for (const line of text.split('\n')) expect(line.length).toBeLessThan(130)
    expect(text.isWellFormed()).toBe(true)
  })

  test('names that several have come with their keys', () => {
    expect(textOf([service('a', { displayName: 'Worker' }), service('b', { displayName: 'Worker' })])).toContain(
      '🟢 Worker (a) — ',
    )
  })
})

test('/history: changes of a bad minute have seconds, and of a bad second milliseconds', () => {
  const times = ['13:31:00', '13:30:50.250', '13:30:50.100', '13:30:02', '13:12:00']
  const transitions = times.map((time, id) => ({
    ...{ id, serviceKey: 'api', displayName: 'Api', from: 'alive' as const, to: 'down' as const, reason: 'fail' },
    condensed: id === 4 ? 41 : 0,
    at: `2026-11-24T${time}+01:00`,
  }))
  expect(historyLines(transitions, NOW, { title: 'Api', isService: true }).lines.map(({ text }) => text)).toEqual([
    '13:31 🔴 down: it failed',
    '13:30:50.250 🔴 down: it failed',
    '13:30:50.100 🔴 down: it failed',
    '13:30:02 🔴 down: it failed',
    '13:12 🔴 down: it failed (after 41 other changes in that hour, not listed)',
  ])
})

test('of more services than can be named, those are counted that are not', () => {
  const counts = { down: 1_200, unknown: 3, alive: 9_000, dead: 7, paused: 0 }
  const services = Array.from({ length: 1_000 }, (_, index) => service(`d${index}`, { status: 'down' }))
  const { title, lines } = statusLines({ now: NOW, services, counts, down: [], registryUrl: '' })
  expect(title).toBe('🔴 1200 down · ⏳ 3 waiting · 🟢 9000 alive')
  expect(lines.slice(-4).map(({ text }) => text.trim())).toEqual([
    '⚫ 7 dead ones left out: /status_full',
    'and 203 more that are down or waiting',
    '🟢 9000 are alive, too many to name',
    'as of 14:00 UTC+01:00',
  ])
})

test.each<[string, string | null]>([
  ['1h', '15:00'],
  ['for 90 min', '15:30'],
  ['2d 6h', '26 20:00'],
  ['1.5 hours', '15:30'],
  ['until 18:30', '18:30'],
  ['until 8:05', '25 08:05'],
  ['until 2026-12-01 07:00', '1 07:00'],
  ['recovered', 'recovered'],
  ['until it recovers', 'recovered'],
  ['for good', 'good'],
  ['forever', 'good'],
  ['until 25:00', null],
  ['-1h', null],
  ['1h foo', null],
  ['5 monkeys', null],
  ['soon', null],
])('a mute "%s"', (words, expected) => {
  const mute = parseMute(words, NOW_MS, '+01:00')
  const untilMs = mute !== null && typeof mute === 'object' && 'untilMs' in mute ? mute.untilMs : null
  const end = untilMs === null ? null : Temporal.Instant.fromEpochMilliseconds(untilMs).toZonedDateTimeISO('+01:00')
  const day = end && end.day !== 24 ? `${end.day} ` : ''
  expect(end ? day + end.toPlainTime().toString({ smallestUnit: 'minute' }) : mute).toBe(expected)
})

test.each([
  ['until 2020-01-01 07:00', 'That time is over already'],
  ['0h', 'That time is over already'],
  ['99999999d', 'A mute for a time lasts a year at most; else mute it for good'],
])('a mute "%s" gets a sentence', (words, sentence) => {
  expect(() => parseMute(words, NOW_MS, '+01:00')).toThrow(sentence)
})

test('a mute until a time beyond a clock change ends when the clocks show it', () => {
  const october = Date.parse('2026-10-20T12:00:00+02:00')
  expect(parseMute('until 2026-10-26 08:00', october, 'Europe/Berlin')).toEqual({
    untilMs: Date.parse('2026-10-26T08:00:00+01:00'),
  })
})

test('quotes of every phone, and words that belong together', () => {
  expect(unquote('"my job" 1h')).toEqual({ quoted: 'my job', rest: '1h' })
  expect(unquote('„my job“ 1h')).toEqual({ quoted: 'my job', rest: '1h' })
  expect(unquote("it's fine")).toEqual({ quoted: null, rest: "it's fine" })
  expect(unquote('"unfinished 1h')).toEqual({ quoted: null, rest: '"unfinished 1h' })
  expect(splits('a b c')).toEqual([
    { head: 'a b c', rest: '' },
    { head: 'a b', rest: 'c' },
    { head: 'a', rest: 'b c' },
  ])
})

test('the longest name that fits is the one that is meant', () => {
  const services = [
    service('api'),
    service('api 2'),
    service('x', { displayName: 'Nightly Job' }),
    service('y', { displayName: 'nightly job' }),
  ]
  expect(findMeant(services, 'api 2 1h')).toMatchObject({ service: { serviceKey: 'api 2' }, rest: '1h' })
  expect(findMeant(services, 'api 3')).toMatchObject({ service: { serviceKey: 'api' }, rest: '3' })
  expect(findMeant(services, 'nightly job 1h')).toMatchObject({
    isName: true,
    nearest: [
      { service: { serviceKey: 'x' }, rest: '1h' },
      { service: { serviceKey: 'y' }, rest: '1h' },
    ],
  })
  expect(findMeant(services, 'API 2')).toMatchObject({ service: { serviceKey: 'api 2' } })
  expect(findMeant(services, 'api sever', false)).not.toHaveProperty('service')
  expect(findMeant(services, 'nigtly job 1h')).toMatchObject({ nearest: [{ rest: '1h' }, { rest: '1h' }] })
})

test('what a button carries has room for any key', () => {
  for (const key of ['a', 'x'.repeat(32), 'x'.repeat(200), '🦊'.repeat(200), 'a:b:c']) {
    expect(Buffer.byteLength(`history:r1234567890,1234567891:k200${referenceTo(key)}`), key).toBeLessThanOrEqual(64)
    expect(Buffer.byteLength(`status:r1234567890,1234567891:${referenceTo(key)}`), key).toBeLessThanOrEqual(64)
    expect(Buffer.byteLength(`service:recovered:${referenceTo(key)}`), key).toBeLessThanOrEqual(64)
  }
})

describe('/history shows a pause as a pause, not as a recovery', () => {
  const paused = { serviceKey: 'backup', displayName: 'Backup', at: NOW, to: 'alive' as const, reason: 'pause' }
  const textOf = (from: 'down' | 'dead', isService: boolean) =>
    historyLines([{ ...paused, id: '1', from } as never], NOW, { title: 'Backup', isService }).lines.map(
      ({ text }) => text,
    )

  test('of a service', () => {
    expect(textOf('down', true)).toEqual(['14:00 ⏸ paused, was down'])
    expect(textOf('dead', true)).toEqual(['14:00 ⏸ paused, was dead'])
  })

  test('of all services', () => {
    expect(textOf('down', false)).toEqual(['14:00 ⏸ Backup — paused, was down'])
  })
})
