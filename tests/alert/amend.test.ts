import { describe, expect, test } from 'vitest'
import { amend } from '../../server/alert/amend.ts'
import { composeAlert, type IncidentNews } from '../../server/alert/compose.ts'
import type { Fate } from '../../server/alert/fate.ts'
import { partsOf } from '../../server/delivery/parts.ts'
import { HOUR, MINUTE } from '../helpers/clock.ts'

const NOON = Date.UTC(2026, 10, 23, 12)
const occasion = { now: NOON + HOUR, timezone: 'UTC', longest: 4_096 }

const fate = (changes: Partial<Fate> = {}): Fate => ({
  cause: null,
  openedAt: NOON,
  closedAt: null,
  closeReason: null,
  acknowledgedAt: null,
  acknowledgedBy: null,
  alertsEnabled: true,
  mutedUntil: null,
  mutedUntilRecovered: false,
  mutedBy: null,
  ...changes,
})

const seenByAda = { acknowledgedAt: NOON + 30 * MINUTE, acknowledgedBy: 'Ada' }
const seen = (by: string | null = 'Ada') => fate({ acknowledgedAt: NOON + 30 * MINUTE, acknowledgedBy: by })
const over = (changes: Partial<Fate> = {}) => fate({ closedAt: NOON + HOUR, closeReason: 'heartbeat', ...changes })
const muted = (changes: Partial<Fate>) => fate({ mutedBy: 'Ada', ...changes })

/** By now it is down for another reason. */
const changed = (note: string | null, changes: Partial<Fate> = {}) =>
  fate({ cause: { reason: 'fail', note, causeAt: NOON + 10 * MINUTE, silentSince: NOON }, ...changes })

const told = (displayName: string, changes: Partial<IncidentNews> = {}): IncidentNews => ({
  serviceKey: displayName,
  displayName,
  group: null,
  openedAt: NOON,
  silentSince: NOON,
  closedAt: null,
  closeReason: null,
  reason: 'fail',
  note: null,
  causeAt: changes.openedAt ?? NOON,
  isTold: false,
  flapping: false,
  cadenceMs: null,
  periodMs: null,
  cron: null,
  ...changes,
})

/** The messages about these services, as they were sent. */
const sent = (incidents: IncidentNews[], kind: 'down' | 'reminder' = 'down') =>
  partsOf(composeAlert(kind, incidents, { now: NOON, timezone: 'UTC', iso: String }))

function single(one: Fate | undefined, name = 'Backup', kind: 'down' | 'reminder' = 'down', changes = {}) {
  const [part] = sent([told(name, changes)], kind)
  const { flapping = false } = changes as Partial<IncidentNews>
  const body = part?.body ?? ''
  return amend({ kind, count: 1, name, flapping, body, part: 1, parts: 1, fates: [one] }, occasion)
}

describe('one service', () => {
  test.each<[string, Fate | undefined, title: string, ending: string, actions: string]>([
    ['nothing', fate(), '🔴 Backup is down', '', 'acknowledge why mute'],
    ['seen', seen(), '🔴 Backup is down', '👀 seen by Ada, 12:30', 'why mute'],
    ['seen by somebody', seen(null), '🔴 Backup is down', '👀 seen, 12:30', 'why mute'],
    [
      'muted',
      muted({ mutedUntil: NOON + 2 * HOUR }),
      '🔴 Backup is down',
      '🔕 muted until 14:00 by Ada',
      'acknowledge why unmute',
    ],
    [
      'muted until tomorrow',
      muted({ mutedUntil: NOON + 20 * HOUR, mutedBy: null }),
      '🔴 Backup is down',
      '🔕 muted until 24 Nov 08:00',
      'acknowledge why unmute',
    ],
    ['muted no longer', muted({ mutedUntil: NOON }), '🔴 Backup is down', '', 'acknowledge why mute'],
    [
      'muted until it recovers',
      muted({ mutedUntilRecovered: true }),
      '🔴 Backup is down',
      '🔕 muted until it recovers by Ada',
      'acknowledge why unmute',
    ],
    [
      'muted for good',
      muted({ alertsEnabled: false }),
      '🔴 Backup is down',
      '🔕 muted for good by Ada',
      'acknowledge why unmute',
    ],
    [
      'seen and muted',
      { ...seen('Bob'), mutedUntilRecovered: true },
      '🔴 Backup is down',
      '👀 seen by Bob, 12:30\n🔕 muted until it recovers',
      'why unmute',
    ],
    ['over', over(), '✅ Backup was down', '🟢 alive again at 13:00, after 1 h', ''],
    [
      'seen and over',
      over({ ...seen(), closedAt: NOON + HOUR }),
      '✅ Backup was down',
      '👀 seen by Ada, 12:30\n🟢 alive again at 13:00, after 1 h',
      '',
    ],
    [
      'over, and muted for another time',
      over({ mutedUntil: NOON + 9 * HOUR }),
      '✅ Backup was down',
      '🟢 alive again at 13:00, after 1 h\n🔕 still muted until 21:00',
      '',
    ],
    ['paused', over({ closeReason: 'pause' }), '⏸ Backup was down', '⏸ paused at 13:00', ''],
    [
      'down for another reason',
      changed('no such host'),
      '🔴 Backup is down',
      '🔁 12:10: failed: no such host',
      'acknowledge why mute',
    ],
    ['failed again without a word', changed(null), '🔴 Backup is down', '🔁 12:10: failed', 'acknowledge why mute'],
    [
      'down for another reason, seen and over',
      changed('no such host', { ...seenByAda, closedAt: NOON + HOUR }),
      '✅ Backup was down',
      '🔁 12:10: failed: no such host\n👀 seen by Ada, 12:30\n🟢 alive again at 13:00, after 1 h',
      '',
    ],
    ['removed', undefined, '✅ Backup was down', '🗑 no longer watched', ''],
  ])('%s', (_name, one, title, ending, actions) => {
    const body = ['failed at 12:00', ending].filter(Boolean).join('\n')
    expect(single(one)).toEqual({ title, body, actions: actions.split(' ').filter(Boolean) })
  })

  test.each([
    ['a reminder', 'Backup', 'reminder', false, '✅ Backup was down'],
    ['one that flaps', 'Backup', 'down', true, '✅ Backup was down'],
    ['a name that says the same', 'X is down', 'down', false, '✅ X is down was down'],
    [
      'a name that pretends to flap',
      'X is down and is flapping',
      'down',
      false,
      '✅ X is down and is flapping was down',
    ],
    ['a name like a part', '🔴 2 services are down (1/2)', 'down', false, '✅ 🔴 2 services are down (1/2) was down'],
    ['a name of replacements', '$& $1 $`', 'down', false, '✅ $& $1 $` was down'],
  ] as const)('the title of %s is in the past', (_name, name, kind, flapping, title) => {
    expect(single(over(), name, kind, { flapping }).title).toBe(title)
  })

  test('people have one line, whatever they are called', () => {
    const { body } = single(seen('\n• Eve\u202E — \0seen\n🔴 $&'))
    expect(body.split('\n').slice(1)).toEqual(['👀 seen by • Eve — seen 🔴 $&, 12:30'])
  })
})

function group(fates: (Fate | undefined)[], { name = 'S', first = 0, parts = 1 } = {}) {
  const incidents = fates.map((_, index) => told(`${name}${first + index}`))
  const [part] = sent(incidents)
  const about = { kind: 'down' as const, count: fates.length, name: '', flapping: false }
  return { before: part, after: amend({ ...about, body: part?.body ?? '', part: 1, parts, fates }, occasion) }
}

describe('several services', () => {
  test('each keeps its line, and shows what became of it', () => {
    const { after } = group([
      fate(),
      seen(),
      seen(null),
      over(),
      over({ closeReason: 'pause' }),
      undefined,
      muted({ mutedUntilRecovered: true }),
    ])
    expect(after).toEqual({
      title: '🔴 4 of 7 services are still down',
      body: `• S0 — failed at 12:00
👀 S1 — failed at 12:00; seen by Ada
👀 S2 — failed at 12:00
✅ S3 — failed at 12:00; alive again at 13:00
⏸ S4 — failed at 12:00; paused at 13:00
✅ S5 — failed at 12:00; no longer watched
🔕 S6 — failed at 12:00; muted until it recovers by Ada`,
      actions: ['acknowledge', 'why', 'mute'],
    })
  })

  test('what somebody did about all that are left is said once, so that the lines stay short', () => {
    const both = { ...seen(), mutedUntil: NOON + 2 * HOUR, mutedBy: 'Ada' }
    expect(group([both, both, over({ ...both, closedAt: NOON + HOUR })]).after.body).toBe(`👀 S0 — failed at 12:00
👀 S1 — failed at 12:00
✅ S2 — failed at 12:00; alive again at 13:00
👀 seen by Ada; 🔕 muted until 14:00 by Ada`)
    expect(group([seen('Ada'), seen('Bob')]).after.body).toBe(`👀 S0 — failed at 12:00; seen by Ada
👀 S1 — failed at 12:00; seen by Bob`)
  })

  test('a line shows the reason for which its service is down by now, and what all share is said once', () => {
    const { after } = group([changed('no such host'), fate(), changed('disk full', seenByAda)])
    expect(after.body).toBe(`• S0 — failed at 12:00; 🔁 12:10: failed: no such host
• S1 — failed at 12:00
👀 S2 — failed at 12:00; 🔁 12:10: failed: disk full; seen by Ada`)
    expect(group([changed('no such host'), changed('no such host')]).after.body).toBe(`• S0 — failed at 12:00
• S1 — failed at 12:00
🔁 12:10: failed: no such host`)
  })

  test('of many services those with another reason say so, in fewer words if there is no room', () => {
    const few = group([changed('n'.repeat(500)), ...Array.from({ length: 19 }, () => fate())]).after.body
    expect(few.split('\n').slice(0, 2)).toEqual([`• S0 — 12:00; 🔁 12:10: failed: ${'n'.repeat(199)}…`, '• S1 — 12:00'])
    const many = group(Array.from({ length: 30 }, (_, index) => changed(`${index} ${'n'.repeat(500)}`))).after.body
    expect(many.split('\n')[0]).toBe(`• S0 — 12:00; 🔁 12:10: failed: 0 ${'n'.repeat(57)}…`)
  })

  test('what is done for all that are left is not offered', () => {
    expect(group([seen(), over()]).after.actions).toEqual(['why', 'mute'])
    expect(group([muted({ alertsEnabled: false }), over()]).after.actions).toEqual(['acknowledge', 'why', 'unmute'])
    expect(group([over(), undefined]).after.actions).toEqual([])
  })

  test('the title says how many are over, and in the end that all were down', () => {
    expect(group([over(), over()]).after.title).toBe('✅ 2 services were down')
    expect(group([over({ closeReason: 'pause' }), over({ closeReason: 'pause' })]).after.title).toBe(
      '⏸ 2 services were down',
    )
    expect(group([over({ closeReason: 'pause' }), over()]).after.title).toBe('✅ 2 services were down')
    expect(group([over(), fate()], { parts: 3 }).after.title).toBe('🔴 2 services are down (1/3), 1 of these over')
    expect(group([over(), over()], { parts: 3 }).after.title).toBe('✅ 2 services were down (1/3), all of these over')
  })

  test('of many services whoever saw them is named once, below', () => {
    const { after } = group([seen(), over(), ...Array.from({ length: 18 }, () => fate())])
    expect(after.body.split('Ada')).toHaveLength(2)
    expect(after.body.split('\n').at(-1)).toBe('👀 seen by Ada')
    expect(after.body.split('\n').slice(0, 3)).toEqual(['👀 S0 — 12:00', '✅ S1 — 12:00', '• S2 — 12:00'])
  })

  test.each<[string, Fate]>([
    ['seen', seen()],
    ['over', over(seen())],
    ['paused', over({ ...seen(), closedAt: NOON, closeReason: 'pause' })],
    ['muted', muted({ mutedUntilRecovered: true })],
    ['down for another reason', changed('n'.repeat(500))],
    ['down for another reason, seen and over', changed('n'.repeat(500), { ...seenByAda, closedAt: NOON + HOUR })],
  ])('no message grows beyond what Telegram takes: %s', (_name, one) => {
    for (const name of ['a', 'b'.repeat(40), '😀'.repeat(50), 'שלום'.repeat(20)]) {
      const incidents = Array.from({ length: 1_000 }, () => told(name))
      const about = { kind: 'down' as const, count: incidents.length, name, flapping: false }
      const parts = sent(incidents)
      for (const [index, { body, data }] of parts.entries()) {
        const fates = data.services.map(() => ({ ...one, acknowledgedBy: 'x'.repeat(100), mutedBy: 'y'.repeat(100) }))
        const after = amend({ ...about, body, part: index + 1, parts: parts.length, fates }, occasion)
        expect(after.title.length + 1 + after.body.length).toBeLessThanOrEqual(4_096)
        expect(after.body.split('\n')).toSatisfy(({ length }) => length - body.split('\n').length <= 1)
      }
    }
  })
})
