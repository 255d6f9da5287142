import { describe, expect, test } from 'vitest'
import type { AlertKind, CloseReason } from '../../db/schema.ts'
import { onClosing, onOpening, whileItWaited } from '../../server/alert/policy.ts'
import { heldUntil } from '../../server/lifecycle/mute.ts'
import { HOUR, MINUTE } from '../helpers/clock.ts'

const NOW = Date.UTC(2026, 10, 23, 12)
const FOR_GOOD = Number.POSITIVE_INFINITY

const heard = { alertsEnabled: true, mutedUntil: null, mutedUntilRecovered: false }
const off = { ...heard, alertsEnabled: false }
const until = (mutedUntil: number) => ({ ...heard, mutedUntil })
const untilRecovered = { ...heard, mutedUntilRecovered: true }

test.each<[string, typeof heard | ReturnType<typeof until>, number | null]>([
  ['nothing holds what nobody muted', heard, null],
  ['alerts that are switched off are held for good', off, FOR_GOOD],
  ['a mute until it recovers holds for good, as nobody knows when', untilRecovered, FOR_GOOD],
  ['a mute until a time holds until then', until(NOW + HOUR), NOW + HOUR],
  ['a mute that ends in a millisecond still holds', until(NOW + 1), NOW + 1],
  ['a mute that ends now lets go', until(NOW), null],
  ['a mute of long ago holds nothing', until(NOW - HOUR), null],
  ['off goes before a mute until a time', { ...until(NOW + HOUR), alertsEnabled: false }, FOR_GOOD],
  ['off goes before a mute that has ended', { ...until(NOW - HOUR), alertsEnabled: false }, FOR_GOOD],
  ['until it recovers goes before a time', { ...until(NOW + HOUR), mutedUntilRecovered: true }, FOR_GOOD],
])('%s', (_title, mute, expected) => {
  expect(heldUntil(mute, NOW)).toBe(expected)
})

const AT_ONCE = { flapping: false, notBefore: null }
const AS_FLAPPING = { flapping: true, notBefore: null }
const ONCE_STEADY = { flapping: false, notBefore: NOW + 30 * MINUTE }

describe('a service that has just gone down', () => {
  test.each<[string, number, number | null, (typeof AT_ONCE | typeof ONCE_STEADY)[]]>([
    ['for the first time is told at once', 0, null, [AT_ONCE]],
    ['for the fourth time within an hour is told at once', 3, null, [AT_ONCE]],
    ['for the fifth time is told as flapping, and again if it stays down', 4, null, [AS_FLAPPING, ONCE_STEADY]],
    ['for the ninth, whoever missed the fifth, is told so, too', 8, null, [AS_FLAPPING, ONCE_STEADY]],
    ['while it flaps is told once it has been steady', 5, NOW - 1 * MINUTE, [ONCE_STEADY]],
    ['while it flaps is not told as flapping again', 40, NOW - 1 * MINUTE, [ONCE_STEADY]],
    ['just before it is steady waits for thirty minutes more', 5, NOW - 30 * MINUTE + 1, [ONCE_STEADY]],
    ['after thirty steady minutes is told at once', 0, NOW - 30 * MINUTE, [AT_ONCE]],
    ['five times more after it was steady flaps anew', 4, NOW - 50 * MINUTE, [AS_FLAPPING, ONCE_STEADY]],
    ['while it flaps, by a clock that was set back, waits', 5, NOW + HOUR, [ONCE_STEADY]],
  ])('%s', (_title, downs, lastChangeAt, expected) => {
    expect(onOpening({ oldEnoughAt: NOW, downs, lastChangeAt }, NOW).alerts).toEqual(expected)
  })
})

const OLD_ENOUGH_AT = NOW + 5 * MINUTE

test.each<[string, number, number | null, ReturnType<typeof onOpening>]>([
  ['is told then', 0, null, { flaps: false, alerts: [{ flapping: false, notBefore: OLD_ENOUGH_AT }] }],
  [
    'is told as flapping then',
    4,
    null,
    { flaps: true, alerts: [{ flapping: true, notBefore: OLD_ENOUGH_AT }, ONCE_STEADY] },
  ],
  ['while it flaps is told once it has been steady', 4, NOW, { flaps: true, alerts: [ONCE_STEADY] }],
])('an incident that is not old enough %s', (_title, downs, lastChangeAt, expected) => {
  expect(onOpening({ oldEnoughAt: OLD_ENOUGH_AT, downs, lastChangeAt }, NOW)).toEqual(expected)
})

test('an incident that has to be older than a flapping service takes to be steady waits for that', () => {
  const { alerts } = onOpening({ oldEnoughAt: NOW + HOUR, downs: 0, lastChangeAt: NOW }, NOW)
  expect(alerts).toEqual([{ flapping: false, notBefore: NOW + HOUR }])
})

type Incident = Parameters<typeof onClosing>[0]

const told: Incident = {
  ...{ ...heard, isPaused: false, isTold: true, isDue: false },
  ...{ isShort: false, isFirstOfFlapping: false, lastChangeAt: null },
}
const awaited: Incident = { ...told, isTold: false, isDue: true }
const untold: Incident = { ...told, isTold: false }
const paused: Incident = { ...told, isPaused: true }
const flapped = NOW - 1 * MINUTE

const recovered = { kind: 'recovered', closeReason: 'recovered', notBefore: null } as const
const onceSteady = { kind: 'recovered', closeReason: 'flapping_over', notBefore: NOW + 30 * MINUTE } as const
const closed = (closeReason: CloseReason) => ({ kind: 'closed', closeReason, notBefore: null }) as const

describe('the recovery', () => {
  test.each<[string, Incident, Partial<ReturnType<typeof onClosing>>]>([
    ['of a down that was told is told', told, { closing: recovered, flaps: false }],
    ['of a down that is about to be told is told in its place', awaited, { closing: recovered, withdraws: true }],
    ['of a down that nobody is to know of is not', untold, { closing: null }],
    [
      'of a down that a time mutes is not, nor the down',
      { ...awaited, ...until(NOW + 1) },
      { closing: null, withdraws: true },
    ],
    ['of a down whose mute ends now is told', { ...awaited, ...until(NOW) }, { closing: recovered, withdraws: true }],
    ['of a down muted until it recovers is not', { ...awaited, ...untilRecovered }, { closing: null, withdraws: true }],
    ['of a down while alerts are off is not', { ...awaited, ...off }, { closing: null, withdraws: true }],
    ['of a down told before a mute until it recovers is told', { ...told, ...untilRecovered }, { closing: recovered }],
    [
      'of a down told before a mute until a time is told then',
      { ...told, ...until(NOW + HOUR) },
      { closing: recovered },
    ],
    ['of a down told before alerts were off only ends it', { ...told, ...off }, { closing: closed('alerts_off') }],
    ['of a down told as flapping waits', { ...told, lastChangeAt: flapped }, { closing: onceSteady, flaps: true }],
    [
      'of a down about to be told as flapping waits, but the down does not',
      { ...awaited, lastChangeAt: flapped },
      { closing: onceSteady, withdraws: false, flaps: true },
    ],
    ['while it flaps is not told', { ...untold, lastChangeAt: flapped }, { closing: null, flaps: true }],
    [
      'of one that proved steady is told',
      { ...told, lastChangeAt: NOW - 30 * MINUTE },
      { closing: recovered, flaps: false },
    ],
    [
      'of one that is about to be told, as it just proved steady, is told',
      { ...awaited, lastChangeAt: NOW - 30 * MINUTE },
      { closing: recovered, withdraws: true, flaps: false },
    ],
    [
      'of a short one is not, nor the down',
      { ...untold, isShort: true },
      { closing: null, withdraws: true, flaps: false, isSteady: false },
    ],
    ['of a short one that was told all the same is told', { ...told, isShort: true }, { closing: recovered }],
    [
      'of a short one while it flaps counts as a change',
      { ...untold, isShort: true, lastChangeAt: flapped },
      { closing: null, withdraws: true, flaps: true, isSteady: false },
    ],
    [
      'of a short one that was to begin the flapping takes that back',
      { ...untold, isShort: true, isFirstOfFlapping: true, lastChangeAt: NOW },
      { closing: null, withdraws: true, flaps: false, isSteady: true },
    ],
    [
      'of one that proved steady under a mute is not',
      { ...awaited, ...until(NOW + HOUR), lastChangeAt: NOW - 31 * MINUTE },
      { closing: null, withdraws: true, flaps: false },
    ],
  ])('%s', (_title, incident, expected) => {
    expect(onClosing(incident, NOW)).toMatchObject(expected)
  })
})

test.each<[string, typeof heard | ReturnType<typeof until>]>([
  ['a time', until(NOW + HOUR)],
  ['its recovery', untilRecovered],
  ['further notice', off],
])('a down that is muted until %s is withdrawn, and still counts as flapping', (_title, mute) => {
  const outcome = onClosing({ ...awaited, ...mute, lastChangeAt: flapped }, NOW)
  expect(outcome).toEqual({ closing: null, withdraws: true, flaps: true, isSteady: false })
})

test.each<[string, Incident, ReturnType<typeof onClosing>['closing']]>([
  ['of a down that was told ends it', paused, closed('paused')],
  ['of a down told before alerts were off ends it', { ...paused, ...off }, closed('paused')],
  ['of a down told as flapping ends it', { ...paused, lastChangeAt: flapped }, closed('paused')],
  ['of a down that nobody was told of is not told', { ...paused, isTold: false, isDue: true }, null],
])('a pause %s', (_title, incident, closing) => {
  expect(onClosing(incident, NOW)).toEqual({ closing, withdraws: true, flaps: false, isSteady: false })
})

const waiting = { kind: 'recovered' as AlertKind, close_reason: 'recovered' as CloseReason | null }
const service = { alerts_enabled: true, paused_at: null }
const steady = { ...waiting, ...service, close_reason: 'flapping_over' as const }

test.each([
  ['a recovery is one', { ...waiting, ...service }, waiting],
  ['a recovery of a service that was paused since is one', { ...waiting, ...service, paused_at: NOW }, waiting],
  ['a recovery is none once alerts are off', { ...waiting, ...service, alerts_enabled: false }, closed('alerts_off')],
  [
    'a recovery stored by an older version, too',
    { ...steady, close_reason: null, alerts_enabled: false },
    closed('alerts_off'),
  ],
  ['what became steady is told so', steady, steady],
  ['what was paused before it was steady ends by that', { ...steady, paused_at: NOW }, closed('paused')],
  [
    'a down is left alone',
    { ...service, kind: 'down' as const, close_reason: null, alerts_enabled: false },
    { kind: 'down' },
  ],
])('%s', (_title, alert, expected) => {
  const { kind, closeReason = alert.close_reason } = { closeReason: undefined, ...expected }
  const told = whileItWaited<{ kind: AlertKind; close_reason: CloseReason | null; recorded_at: number }>(
    { ...alert, recorded_at: NOW - 1 },
    NOW,
  )
  expect([told.kind, told.close_reason]).toEqual([kind, closeReason])
})
