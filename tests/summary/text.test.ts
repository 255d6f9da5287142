import { expect, test } from 'vitest'
import { partsOf } from '../../server/delivery/parts.ts'
import type { SummaryContent } from '../../server/summary/collect.ts'
import { composeSummary } from '../../server/summary/compose.ts'

/** The content of a summary without services, on a Tuesday morning in Moscow. */
const content = (more: Partial<SummaryContent> = {}): SummaryContent => ({
  ...{ at: '2026-11-24T09:00:00.000+03:00', date: '2026-11-24', since: '2026-11-23T09:00:00.000+03:00' },
  counts: { unknown: 0, alive: 0, down: 0, dead: 0, paused: 0 },
  ...{
    down: [],
    newlyDead: [],
    attention: [],
    inactive: [],
    openRuns: [],
    flapping: [],
    failingDeliveries: [],
    failingBackup: null,
    wasDown: [],
  },
  ...{ waiting: [], alive: [], paused: [], dead: [], ...more },
})
const named = (displayName: string, serviceKey = displayName.toLowerCase()) => ({ serviceKey, displayName })
const counts = (more: Partial<SummaryContent['counts']>) => ({ ...content().counts, ...more })
const letterOf = (more: Partial<SummaryContent>) => composeSummary(content(more), 'Europe/Moscow')
const textsOf = (more: Partial<SummaryContent>) =>
  partsOf(letterOf(more)).map(({ title, body }) => `${title}\n${body}`.trim())

const down = (name: string, more: Partial<SummaryContent['down'][number]> = {}) => ({
  ...named(name),
  ...{ since: '2026-11-24T08:40:00.000+03:00', seconds: 1_200 },
  ...{
    acknowledged: false,
    acknowledgedBy: null,
    muted: false,
    reason: 'silence',
    note: null,
    runStartedAt: null,
    ...more,
  },
})
const asks = (name: string, note: string | null) => ({ ...named(name), at: '2026-11-24T06:30:00.000+03:00', note })
const dead = (name: string, lastHeartbeat: string | null) => ({ ...named(name), since: content().at, lastHeartbeat })
const waits = (name: string, heartbeatsNeeded: number, expected: string | null = null) => ({
  ...named(name),
  ...{ heartbeatsNeeded, expected },
})
const ended = (more: Partial<SummaryContent['wasDown'][number]['newest'][number]> = {}) => ({
  ...{ from: '2026-11-24T02:10:00.000+03:00', to: '2026-11-24T05:10:00.000+03:00', seconds: 10_800 },
  ...{ reason: 'silence', note: null, ended: 'recovered' as const, muted: false, ...more },
})
const was = (name: string, newest = [ended()], more: Partial<SummaryContent['wasDown'][number]> = {}) => ({
  ...named(name),
  ...{ incidents: newest.length, since: newest[0]?.from ?? '', newest },
  ...{ seconds: newest.reduce((sum, { seconds }) => sum + seconds, 0), ...more },
})
const short = ended({ from: '2026-11-24T06:00:00.000+03:00', to: '2026-11-24T06:00:05.000+03:00', seconds: 5 })
const inactive = { ...named('Idle'), silentSince: '2026-11-20T10:00:00.000+03:00', seconds: 342_000 }
const failing = { target: 'webhook', failed: 2, pending: 1, error: '500 Internal\nServer Error' }
const numbered = (count: number) =>
  Array.from({ length: count }, (_, index) => named(`no${String(index).padStart(3, '0')}`))

test('everything is told, what needs attention first and the healthy ones on one line', () => {
  const longDown = { since: '2025-12-31T23:50:00.000+03:00', seconds: 3 * 86_400 + 7_200 }
  const everything = {
    counts: counts({ unknown: 4, alive: 2, down: 4, dead: 3, paused: 1 }),
    down: [
      down('Old', longDown),
      down('Etl', { acknowledged: true, acknowledgedBy: 'Ada', reason: 'fail', note: 'exit code 1:\ndisk full' }),
      down('Quiet', { muted: true }),
      down('Seen', { acknowledged: true, muted: true }),
      down('Sync', { reason: 'run', note: 'usually 12 min', runStartedAt: '2026-11-24T02:30:00.000+03:00' }),
      down('Report', { reason: 'fail', note: 'disk full', acknowledged: true, acknowledgedBy: 'Ada' }),
    ],
    newlyDead: [dead('Import', '2026-11-17T06:30:00.000+03:00'), dead('Never', null)],
    openRuns: [
      { ...named('Report'), startedAt: '2026-11-22T02:30:00.000+03:00', seconds: 196_200, usualSeconds: 720 },
      { ...named('Sync'), startedAt: '2026-11-22T02:30:00.000+03:00', seconds: 196_200, usualSeconds: null },
    ],
    attention: [asks('Backup', '3 rows\nskipped'), asks('Mail', null)],
    flapping: [{ ...named('Api'), incidents: 8 }],
    inactive: [inactive],
    failingDeliveries: [failing, { target: 'telegram:-100123', failed: 0, pending: 4, error: null }],
    wasDown: [was('Night'), was('Api', [ended(), short])],
    waiting: [waits('New', 3), waits('Newer', 4), waits('Nightly', 1, 'daily 03:00 Berlin')],
    alive: [named('Api'), named('Web')],
    paused: [named('Billing')],
    dead: [named('Gone')],
  }
  expect(textsOf(everything)).toMatchInlineSnapshot(`
    [
      "📋 Tue 24 Nov: 14 need attention, 1 other was down
    🔴 Down (6)
    • Old — since 31 Dec 2025 23:50 (3 d 2 h), silent
    • Etl — since 08:40 (20 min), seen by Ada, failed: exit code 1: disk full
    • Quiet — since 08:40 (20 min), silent, muted
    • Seen — since 08:40 (20 min), silent, seen, muted
    • Sync — since 08:40 (20 min), started 02:30, has not ended (usually 12 min)
    • Report — since 08:40 (20 min), seen by Ada, failed: disk full
    ⚫ Newly dead (2)
    • Import — last heard 17 Nov 06:30
    • Never — never heard
    🏃 Not ended (2)
    • Report — started 22 Nov 02:30, has not ended (usually 12 min)
    • Sync — started 22 Nov 02:30, has not ended
    👀 Asks for a look (2)
    • Backup — 3 rows skipped (06:30)
    • Mail — 06:30
    🔁 Flapping (1)
    • Api — 8 incidents in a day
    💤 Not heard for long (1)
    • Idle — silent since 20 Nov 10:00
    📪 Not delivered (2)
    • webhook — 2 refused, 1 waiting: 500 Internal Server Error
    • telegram:-100123 — 4 waiting
    🕓 Since the last summary (2)
    • Night — was down 02:10–05:10 (3 h, silent)
    • Api — was down 02:10–05:10 (3 h, silent), 06:00:00–06:00:05 (5 s, silent)
    ⏳ Waiting for data (3): New (3 more), Newer (4 more), Nightly (daily 03:00 Berlin)
    🟢 Alive (2): Api, Web
    ⏸ Paused (1): Billing
    ⚫ Dead (1): Gone",
    ]
  `)
})

test.each<[string, Partial<SummaryContent>, string]>([
  ['an empty registry says how it is filled', {}, '📋 Tue 24 Nov: no service yet; a first heartbeat registers one'],
  [
    'all is well',
    { counts: counts({ alive: 2 }), alive: [named('Api'), named('Web')] },
    '📋 Tue 24 Nov: all is well\n🟢 Alive (2): Api, Web',
  ],
  [
    'one that is down and asks for a look is counted once',
    { counts: counts({ down: 1 }), down: [down('Web')], attention: [asks('Web', 'disk')] },
    '📋 Tue 24 Nov: 1 needs attention\n🔴 Down (1)\n• Web — since 08:40 (20 min), silent\n👀 Asks for a look (1)\n• Web — disk (06:30)',
  ],
  [
    'a channel that fails needs attention, though all services are well',
    { counts: counts({ alive: 1 }), alive: [named('Web')], failingDeliveries: [failing] },
    '📋 Tue 24 Nov: 1 needs attention\n📪 Not delivered (1)\n• webhook — 2 refused, 1 waiting: 500 Internal Server Error\n🟢 Alive (1): Web',
  ],
  [
    'names that repeat come with their keys',
    { counts: counts({ alive: 2 }), alive: [named('Web (web-1)', 'web-1'), named('Web (web-2)', 'web-2')] },
    '📋 Tue 24 Nov: all is well\n🟢 Alive (2): Web (web-1), Web (web-2)',
  ],
])('%s', (_title, given, expected) => {
  expect(textsOf(given)).toEqual([expected])
})

test.each([1, 20])('one line names as many of 500 healthy services as fit, and counts the others (%#)', (times) => {
  const count = 500
  const alive = numbered(count).map((one) => ({ ...one, displayName: one.displayName.repeat(times) }))
  const [text = '', ...others] = textsOf({ counts: counts({ alive: count }), alive })
  expect([text.split('\n').length, others]).toEqual([2, []])
  const [, names = '', more] = /^🟢 Alive \(500\): (.+) and (\d+) more$/m.exec(text) ?? []
  expect(names.split(', ').length + Number(more)).toBe(count)
  expect(names.split(', ')[0]).toMatch(/^(no000)+…?$/)
  expect(text.length).toBeLessThan(700)
})

test('500 services that are down are named once each, in parts that fit', () => {
  const names = numbered(500).map(({ displayName }) => displayName)
  const parts = textsOf({ counts: counts({ down: 500 }), down: names.map((name) => down(name)) })
  expect(parts.flatMap((text) => text.match(/no\d{3}/g))).toEqual(names)
  expect(parts.length).toBeLessThanOrEqual(6)
  for (const text of parts) expect(text.length + 60).toBeLessThanOrEqual(4_096)
  expect(parts[0]).toMatch(/^📋 Tue 24 Nov: 500 need attention \(1\/\d\)\n🔴 Down \(500\)\n/)
})

test.each<[string, SummaryContent['wasDown'], string, string[]]>([
  ['silence', [was('Etl')], '1 was down', ['Etl — was down 02:10–05:10 (3 h, silent)']],
  [
    'a failure with its message, and a hung run',
    [was('Etl', [ended({ reason: 'fail', note: 'disk\nfull' })]), was('Job', [ended({ reason: 'run' })])],
    '2 were down',
    ['Etl — was down 02:10–05:10 (3 h, failed: disk full)', 'Job — was down 02:10–05:10 (3 h, did not end in time)'],
  ],
  [
    'what was muted, and what a pause ended',
    [was('Etl', [ended({ muted: true })]), was('Job', [ended({ reason: 'fail', ended: 'paused' })])],
    '2 were down',
    ['Etl — was down 02:10–05:10 (3 h, silent, muted)', 'Job — was down 02:10–05:10 (3 h, failed, ⏸ paused)'],
  ],
  [
    'several times, on one line',
    [was('Etl', [ended(), { ...short, reason: 'fail', note: 'disk full' }])],
    '1 was down',
    ['Etl — was down 02:10–05:10 (3 h, silent), 06:00:00–06:00:05 (5 s, failed)'],
  ],
  [
    'very many times',
    [was('Etl', [ended(), ended(), short], { incidents: 300, seconds: 14_400, since: '2026-11-23T22:00:00+03:00' })],
    '1 was down',
    ['Etl — was down 300 times, 23 Nov 22:00–24 Nov 06:00 (4 h in all), last 06:00:00–06:00:05 (5 s, silent)'],
  ],
])('what was down and is over: %s', (_title, wasDown, verdict, lines) => {
  const alive = [named('Web')]
  expect(textsOf({ counts: counts({ alive: 1 }), wasDown, alive })).toEqual([
    [
      `📋 Tue 24 Nov: ${verdict}`,
      `🕓 Since the last summary (${wasDown.length})`,
      ...lines.map((line) => `• ${line}`),
      '🟢 Alive (1): Web',
    ].join('\n'),
  ])
})

test('a service that needs attention is not counted again among those that were down', () => {
  const titles = [
    { down: [down('Web')], wasDown: [was('Web')] },
    { down: [down('Web')], wasDown: [was('Web'), was('Etl'), was('Job')] },
    { dead: [named('Old')], counts: counts({ dead: 1 }), wasDown: [was('Etl')] },
  ].map((more) => letterOf(more).title)
  expect(titles).toEqual([
    '📋 Tue 24 Nov: 1 needs attention',
    '📋 Tue 24 Nov: 1 needs attention, 2 others were down',
    '📋 Tue 24 Nov: 1 was down',
  ])
})

test('a thousand services that were down make one bounded section', () => {
  const wasDown = numbered(1_000).map(({ displayName }) => was(displayName))
  const parts = textsOf({ counts: counts({ alive: 1_000 }), alive: numbered(1_000), wasDown })
  expect(parts).toHaveLength(1)
  expect(parts[0]?.match(/ — was down /g)).toHaveLength(60)
  expect(parts[0]).toMatch(/^📋 Tue 24 Nov: 1000 were down\n🕓 Since the last summary \(1000\)\n/)
  expect(parts[0]).toContain('\n• and 940 more\n🟢 Alive (1000): ')
})

test('hostile names stay on their line', () => {
  const name = '<b>\u202Eone\ntwo\u2028three\uD83D'
  const all = [waits(name, 1)]
  const [text = ''] = textsOf({
    down: [down(name)],
    attention: [asks(name, name)],
    wasDown: [was(name, [ended({ reason: 'fail', note: name })])],
    waiting: all,
    alive: all,
    dead: all,
  })
  expect(text.split(/[\n\u2028]/)).toHaveLength(10)
  expect([text.isWellFormed(), text.includes('\u202E')]).toEqual([true, false])
})

test('programs are told the counts, and the section and key of each service that is lifted', () => {
  const [part] = partsOf(
    letterOf({ counts: counts({ down: 1, alive: 1 }), down: [down('Web')], alive: [named('Api')] }),
  )
  expect(part?.data).toEqual({
    ...{ event: 'summary', part: 1, parts: 1, at: content().at, date: content().date, since: content().since },
    ...{ counts: counts({ down: 1, alive: 1 }), was_down: 0 },
    services: [{ section: 'down', service_key: 'web', display_name: 'Web' }],
  })
})
