import { describe, expect, test } from 'vitest'
import { onClosing, onOpening } from '../../server/alert/policy.ts'
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
    expect(onOpening({ downs, lastChangeAt }, NOW)).toEqual(expected)
  })
})

type Incident = Parameters<typeof onClosing>[0]

const told: Incident = { ...heard, isTold: true, isDue: false, lastChangeAt: null }
const awaited: Incident = { ...told, isTold: false, isDue: true }
const untold: Incident = { ...told, isTold: false }
const flapped = NOW - 1 * MINUTE

describe('the recovery', () => {
  test.each<[string, Incident, Partial<ReturnType<typeof onClosing>>]>([
    ['of a down that was told is told', told, { tells: true, flaps: false }],
    ['of a down that is about to be told is told after it', awaited, { tells: true, withdraws: false }],
    ['of a down that nobody is to know of is not', untold, { tells: false }],
    [
      'of a down that a time mutes is not, nor the down',
      { ...awaited, ...until(NOW + 1) },
      { tells: false, withdraws: true },
    ],
    ['of a down whose mute ends now is told', { ...awaited, ...until(NOW) }, { tells: true, withdraws: false }],
    ['of a down muted until it recovers is not', { ...awaited, ...untilRecovered }, { tells: false, withdraws: true }],
    ['of a down while alerts are off is not', { ...awaited, ...off }, { tells: false, withdraws: true }],
    ['of a down told before a mute until it recovers is told', { ...told, ...untilRecovered }, { tells: true }],
    ['of a down told before a mute until a time is told then', { ...told, ...until(NOW + HOUR) }, { tells: true }],
    ['of a down told before alerts were off is not', { ...told, ...off }, { tells: false }],
    ['of a down told as flapping is not', { ...told, lastChangeAt: flapped }, { tells: false, flaps: true }],
    [
      'of a down about to be told as flapping is not, but the down is',
      { ...awaited, lastChangeAt: flapped },
      { tells: false, withdraws: false, flaps: true },
    ],
    ['while it flaps is not told', { ...untold, lastChangeAt: flapped }, { tells: false, flaps: true }],
    ['of one that proved steady is told', { ...told, lastChangeAt: NOW - 30 * MINUTE }, { tells: true, flaps: false }],
    [
      'of one that is about to be told, as it just proved steady, is told',
      { ...awaited, lastChangeAt: NOW - 30 * MINUTE },
      { tells: true, withdraws: false, flaps: false },
    ],
    [
      'of one that proved steady under a mute is not',
      { ...awaited, ...until(NOW + HOUR), lastChangeAt: NOW - 31 * MINUTE },
      { tells: false, withdraws: true, flaps: false },
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
  expect(outcome).toEqual({ tells: false, withdraws: true, flaps: true })
})
