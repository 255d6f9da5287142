import { describe, expect, test } from 'vitest'
import { composeAlert, type IncidentNews, type Occasion } from '../../server/alert/compose.ts'
import { type Letter, partsOf } from '../../server/delivery/parts.ts'
import { composeOutage } from '../../server/outage/compose.ts'
import { isoIn } from '../../server/text/time.ts'
import { cut, harmless, withKey } from '../../server/text/words.ts'
import { HOUR, MINUTE, SECOND } from '../helpers/clock.ts'

const NOON = Date.UTC(2026, 10, 23, 12)
const in_ = (timezone: string, now = NOON): Occasion => ({ now, timezone, iso: isoIn(timezone) })
const utc = in_('UTC')

/** A service that is usually heard every five minutes, and has been silent for eleven. */
const silent = (displayName: string, more: Partial<IncidentNews> = {}): IncidentNews => ({
  ...{ serviceKey: displayName, displayName, group: null, openedAt: NOON - MINUTE, silentSince: NOON - 11 * MINUTE },
  ...{ closedAt: null, closeReason: null, reason: 'silence', note: null, flapping: false },
  ...{ causeAt: more.openedAt ?? NOON - MINUTE, isTold: more.closedAt !== undefined },
  ...{ cadenceMs: 5 * MINUTE, periodMs: null, cron: null, ...more },
})
const failed = { reason: 'fail', note: 'disk full' }
const back = { openedAt: NOON - 45 * MINUTE, closedAt: NOON - SECOND }

const bodiesOf = (letter: Letter) => partsOf(letter).map(({ title, body }) => `${title}\n${body}`)
const textOf = (letter: Letter) => bodiesOf(letter).join('\n---\n')

const FAMILY = '👨‍👩‍👧‍👦'
const hostile: [string, string][] = [
  ['HTML', '<b>bold</b> & <script>alert(1)</script>'],
  ['Markdown', '*bold* _it_ [x](https://example.org) `code` ||spoiler||'],
  ['4,096 characters', 'x'.repeat(4_096)],
  ['200 families', FAMILY.repeat(200)],
  ['200 flags', '🇩🇪'.repeat(200)],
  ['an odd unit before flags', `a${'🇩🇪'.repeat(200)}`],
  ['letters under a heap of accents', `e${'\u0301'.repeat(300)}`],
  ['right to left', 'שלום עולם'],
  ['right to left, 200 letters', 'א'.repeat(200)],
  ['right to left in the highest planes', '𞤀'.repeat(200)],
  ['overrides', 'a\u202Eb\u202Dc\u2066d\u2067e\u200Ff'],
  ['an override that is never ended, right to left', `\u202E${'ש'.repeat(150)}\u2067`],
  ['an end of isolates that did not begin', '\u2069\u2069שלום\u202C'],
  ['lines', 'one\ntwo\r\nthree\u2028four\u2029five\u0085six\0\u001B[31mseven'],
  ['lone surrogates', `\uD83D a \uDC4D${'b'.repeat(97)}\uD83D`],
  ['a surrogate in the way of the cut', `${'x'.repeat(98)}\uD83D\uD83D\uDC4D`],
]
const countOf = (text: string, pattern: RegExp) => text.match(pattern)?.length ?? 0

describe.each(hostile)('a name of %s', (_title, name) => {
  test.each([20, 100])('is harmless within %i units', (limit) => {
    const text = harmless(name, limit)
    expect(text.length).toBeLessThanOrEqual(limit)
    expect(text.isWellFormed()).toBe(true)
    expect(text).not.toMatch(/[\p{Cc}\u2028\u2029\u061C\u200E\u200F\u202A-\u202E\u2066\u2067]/u)
    expect(text).toMatch(/^[^\u2068\u2069]*$|^\u2068[^\u2068\u2069]*\u2069$/)
    expect(countOf(text, /\u200D(?![👩👧👦])/gu)).toBe(0)
    expect(countOf(text, /\p{RI}/gu) % 2).toBe(0)
  })

  test.each(['down', 'recovered', 'reminder'] as const)('leaves a message about %s in its lines', (kind) => {
    const told = silent(name, { ...failed, ...(kind === 'recovered' ? back : {}), note: name })
    for (const incidents of [[told], [told, silent('b')]]) {
      const text = textOf(composeAlert(kind, incidents, utc))
      expect(text.isWellFormed()).toBe(true)
      expect(text.split(/[\n\r\u2028\u2029]/u)).toHaveLength(1 + incidents.length)
      expect(countOf(text, /[\u2068\u202A-\u202E\u2066\u2067]/gu)).toBe(countOf(text, /\u2069/gu))
    }
  })
})

test.each<[string, string, number, string]>([
  ['what fits is left alone', 'hello', 5, 'hello'],
  ['one unit more is cut', 'hello!', 5, 'hell…'],
  ['an emoji that fits is left alone', `a${FAMILY}`, 12, `a${FAMILY}`],
  ['a family stays together or goes', `a${FAMILY}b`, 12, 'a…'],
  ['a flag stays together or goes', '🇩🇪🇫🇷', 7, '🇩🇪…'],
  ['an accent stays with its letter', 'ae\u0301o', 3, 'a…'],
])('%s', (_title, text, limit, expected) => {
  expect(cut(text, limit)).toBe(expected)
})

const storm = (name: (index: number) => string, more?: Partial<IncidentNews>) =>
  Array.from({ length: 500 }, (_, index) => silent(name(index), more))
const numbered = (index: number) => `no${String(index).padStart(3, '0')}`

test.each<[string, (index: number) => string, number]>([
  ['short names', numbered, 4],
  ['names of 200 characters', (index) => `${numbered(index)} ${'x'.repeat(194)}`, 18],
  ['names of 200 characters from right to left', (index) => `${numbered(index)} ${'ש'.repeat(194)}`, 18],
  ['names of families', (index) => `${numbered(index)} ${FAMILY.repeat(20)}`, 18],
])('500 services with %s are each told once, in parts that fit', (_title, name, most) => {
  for (const kind of ['down', 'recovered', 'reminder'] as const) {
    const letter = composeAlert(kind, storm(name, { flapping: true, ...(kind === 'recovered' ? back : {}) }), utc)
    const parts = partsOf(letter)
    expect(parts.length).toBeLessThanOrEqual(most)
    const all = Array.from({ length: 500 }, (_, index) => numbered(index))
    expect(bodiesOf(letter).flatMap((text) => text.match(/no\d{3}/g) ?? [])).toEqual(all)
    const keys = parts.flatMap(({ data }) => (data.services as { service_key: string }[]).map((one) => one.service_key))
    expect(keys).toEqual(all.map((_, index) => name(index)))
    for (const [index, text] of bodiesOf(letter).entries()) {
      expect(text.length + 60).toBeLessThanOrEqual(4_096)
      expect(parts[index]?.title).toMatch(new RegExp(`\\(${index + 1}/${parts.length}\\)$`))
    }
  }
})

test('long notes and lines that are longer than a message are told in parts that fit, too', () => {
  const noted = storm((index) => `${numbered(index)} ${'x'.repeat(194)}`, { ...failed, note: 'y'.repeat(500) })
  const lines = [{ text: 'a' }, { text: 'x'.repeat(9_000) }, { text: 'z' }]
  const notes = bodiesOf(composeAlert('down', noted.slice(0, 19), utc))
  const long = bodiesOf({ event: '', title: 't', lines, data: {} })
  expect(notes.flatMap((text) => text.match(/no\d{3}/g) ?? [])).toHaveLength(19)
  expect(long.join('\n')).toMatch(/a\n.*x…\n.*z$/s)
  for (const text of [...notes, ...long]) expect(text.length + 60).toBeLessThanOrEqual(4_096)
})

test('names that repeat are told apart by their keys, however long they are', () => {
  const name = 'Long name '.repeat(19)
  const twins = ['web-1', 'web-2'].map((key) => silent(withKey(name, key), { serviceKey: key }))
  for (const key of ['web-1', 'web-2']) expect(textOf(composeAlert('down', twins, utc))).toContain(key)
})

const MIDNIGHT = Date.UTC(2026, 11, 31, 21, 10)
const moscow = in_('Europe/Moscow', MIDNIGHT)
const lateBy = { openedAt: MIDNIGHT - 15 * MINUTE, silentSince: MIDNIGHT - 25 * MINUTE }

test('a person reads what happened to one service', () => {
  const letters = [
    composeAlert('down', [silent('Web')], utc),
    composeAlert('down', [silent('Backup', { periodMs: 24 * HOUR })], utc),
    composeAlert('down', [silent('Report', { cron: '0 12 * * *' })], utc),
    composeAlert('down', [silent('Etl', failed)], utc),
    composeAlert('down', [silent('Etl', { ...failed, note: null, flapping: true })], utc),
    composeAlert('recovered', [silent('Web', back)], utc),
    composeAlert('recovered', [silent('Web', { openedAt: NOON - 20 * SECOND, closedAt: NOON })], utc),
    composeAlert('reminder', [silent('Web', { openedAt: NOON - 26 * HOUR })], utc),
    composeAlert('down', [silent('Over midnight in Moscow', lateBy)], moscow),
    composeAlert('recovered', [silent('Over midnight in Moscow', { ...lateBy, closedAt: MIDNIGHT })], moscow),
    composeAlert('down', [silent('Not in New York', lateBy)], in_('America/New_York', MIDNIGHT)),
  ]
  expect(letters.map(textOf).join('\n')).toMatchInlineSnapshot(`
    "🔴 Web is down
    silent since 11:49 (11 min), usually every 5 min
    🔴 Backup is down
    silent since 11:49 (11 min), expected every 1 d
    🔴 Report is down
    silent since 11:49 (11 min), expected by 11:59
    🔴 Etl is down
    failed at 11:59: disk full
    🔴 Etl is down and is flapping
    failed at 11:59; it is flapping (5 incidents within an hour), so you hear of it again only if it stays down for 30 minutes
    🟢 Web is alive again
    was down for 45 min, 11:15 to 11:59
    🟢 Web is alive again
    was down for 20 s, 11:59:40 to 12:00:00
    🔴 Web is still down
    for 1 d 2 h, since 22 Nov 10:00
    🔴 Over midnight in Moscow is down
    silent since 31 Dec 23:45 (25 min), usually every 5 min
    🟢 Over midnight in Moscow is alive again
    was down for 15 min, 31 Dec 2026 23:55 to 1 Jan 00:10
    🔴 Not in New York is down
    silent since 15:45 (25 min), usually every 5 min"
  `)
})

test('a person reads what happened to many, and to the monitor', () => {
  const few = [silent('Web', failed), silent('שלום'), silent('<b>', { openedAt: back.openedAt, flapping: true })]
  const over = few.map((one) => ({ ...one, closedAt: one.openedAt === back.openedAt ? back.closedAt : NOON }))
  const told = over.map((one) => ({ ...one, isTold: true }))
  const many = Array.from({ length: 20 }, (_, index) => silent(`Web ${index}`, { ...back, closedAt: NOON }))
  const kinds = ['down', 'recovered', 'reminder'] as const
  const outage = { fromMs: MIDNIGHT - 20 * MINUTE, toMs: MIDNIGHT }
  const texts = [
    ...kinds.map((kind) => textOf(composeAlert(kind, kind === 'recovered' ? told : few, utc))),
    ...kinds.map((kind) => /.*\n.*/.exec(textOf(composeAlert(kind, many, utc)))?.[0]),
    textOf(composeOutage(outage, { rearmed: 12, late: 0, lastedMs: 20 * MINUTE }, moscow)),
    textOf(composeOutage(outage, { rearmed: 1, late: 1, lastedMs: 20 * MINUTE }, in_('UTC', MIDNIGHT))),
  ]
  expect(texts.join('\n')).toMatchInlineSnapshot(`
    "🔴 3 services are down
    • Web — failed at 11:59: disk full
    • ⁨שלום⁩ — silent since 11:49 (11 min), usually every 5 min
    • <b> — silent since 11:49 (11 min), usually every 5 min; it is flapping (5 incidents within an hour), so you hear of it again only if it stays down for 30 minutes
    🟢 3 services are alive again
    • Web — was down for 1 min, 11:59 to 12:00
    • ⁨שלום⁩ — was down for 1 min, 11:59 to 12:00
    • <b> — was down for 45 min, 11:15 to 11:59
    🔴 3 services are still down
    • Web — for 1 min, since 11:59
    • ⁨שלום⁩ — for 1 min, since 11:59
    • <b> — for 45 min, since 11:15
    🔴 20 services are down
    • Web 0 — 11:15
    🟢 20 services are alive again
    • Web 0 — 45 min
    🔴 20 services are still down
    • Web 0 — 45 min
    ⚪ I was not listening 31 Dec 23:50–00:10 (20 min)
    12 services re-armed: that time counts as nobody's silence
    none was late before
    ⚪ I was not listening 20:50–21:10 (20 min)
    1 service re-armed: that time counts as nobody's silence
    1 was already late"
  `)
})

test('an incident across the change of the clock in autumn says which hour is meant', () => {
  const [openedAt, closedAt] = [Date.parse('2026-10-25T02:50+02:00'), Date.parse('2026-10-25T02:10+01:00')]
  const berlin = in_('Europe/Berlin', closedAt)
  const bodies = [true, false].map((isTold) =>
    textOf(composeAlert('recovered', [silent('Web', { openedAt, closedAt, isTold, ...failed })], berlin)),
  )
  expect(bodies).toEqual([
    '🟢 Web is alive again\nwas down for 20 min, 02:50+02:00 to 02:10+01:00',
    '🟢 Web was down\nfor 20 min, 02:50+02:00 to 02:10+01:00, failed: disk full',
  ])
})

test('a run that was late and is over is not told as one that has not ended', () => {
  const [openedAt, closedAt] = [NOON - 3 * SECOND, NOON]
  const news = { openedAt, closedAt, isTold: false, reason: 'run', note: 'at most 5 s', silentSince: NOON - 8 * SECOND }
  expect(textOf(composeAlert('recovered', [silent('Br', news)], utc))).toBe(
    '🟢 Br was down\nfor 3 s, 11:59:57 to 12:00:00, its run started 11:59:52 and did not end in time (at most 5 s)',
  )
})
