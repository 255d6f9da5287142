import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dueGroups, type Waiting } from '../../server/alert/window.ts'
import { HOUR, MINUTE, SECOND } from '../helpers/clock.ts'

const GROUP = 10 * SECOND
const FOR_GOOD = Number.POSITIVE_INFINITY

type Row = [serviceId: number, kind: Waiting['kind'], recordedAt: number, heldUntil?: number]

const waiting = (rows: readonly Row[]): Waiting[] =>
  rows.map(([serviceId, kind, recordedAt, heldUntil], index) => ({
    id: index + 1,
    serviceId,
    kind,
    recordedAt: recordedAt * SECOND,
    heldUntil: heldUntil === undefined ? null : heldUntil * SECOND,
  }))

/** The ids of the alerts that are told at a second, by groups, and the second of the next ones. */
function at(seconds: number, rows: readonly Row[], groupMs = GROUP) {
  const { groups, nextAt } = dueGroups(waiting(rows), seconds * SECOND, groupMs)
  return [groups.map((group) => group.map(({ id }) => id)), nextAt === null ? null : nextAt / SECOND]
}

const lone: Row[] = [[1, 'down', 100]]
const three: Row[] = [1, 2, 3].map((service) => [service, 'down', 95 + 5 * service])
const beyond: Row[] = [...three, [4, 'down', 110.001]]
const mixed: Row[] = [
  [1, 'down', 100],
  [2, 'recovered', 101],
  [3, 'reminder', 102],
  [4, 'recovered', 103],
]
const story: Row[] = [
  [1, 'down', 100],
  [1, 'recovered', 103],
  [2, 'down', 105],
  [1, 'down', 106],
]
const muted: Row[] = [
  [1, 'down', 100, 200],
  [2, 'down', 150, 200],
  [3, 'down', 195],
]
const lastingly: Row[] = [
  [1, 'down', 100, FOR_GOOD],
  [1, 'recovered', 101],
  [2, 'down', 102],
]

describe('alerts with a window of ten seconds', () => {
  test.each<[string, number, Row[], number[][], number | null]>([
    ['the first waits for company', 109.999, lone, [], 110],
    ['the window ends after exactly ten seconds', 110, lone, [[1]], null],
    ['one that came at the very end is told with the first', 110, three, [[1, 2, 3]], null],
    ['the window does not extend: a millisecond later is the next one', 111, beyond, [[1, 2, 3]], 120.001],
    ['found late, the windows are what they would have been', 500, beyond, [[1, 2, 3], [4]], null],
    ['recoveries and reminders go apart from downs', 112, mixed, [[1], [2, 4], [3]], null],
    ['each kind has a window of its own', 111, mixed, [[1], [2, 4]], 112],
    ['of down, recovered and down again the first is told first', 110, story, [[1, 3]], 113],
    ['and all in their order when nobody looked', 500, story, [[1, 3], [2], [4]], null],
    ['a mute holds its alert', 199.999, muted.slice(0, 2), [], 200],
    ['mutes that end together are told together, with what came just before', 200, muted, [[1, 2, 3]], null],
    ['a mute that ends within the window does not cut it short', 105, [[1, 'down', 100, 105]], [], 110],
    ['nobody waits for one that is held for longer', 205, [[1, 'down', 100, 300], ...muted.slice(2)], [[2]], 300],
    ['one held for good holds the news of its service, and of no other', 500, lastingly, [[3]], null],
  ])('%s', (_title, seconds, rows, told, nextAt) => expect(at(seconds, rows)).toEqual([told, nextAt]))

  test('a storm of 500 within ten seconds is one group, and its recoveries another', () => {
    const downs = Array.from({ length: 500 }, (_, index): Row => [index, 'down', 100 + index / 50])
    const recoveries = downs.map(([service, , second]): Row => [service, 'recovered', second + 60])
    const { groups } = dueGroups(waiting([...downs, ...recoveries]).reverse(), 200 * SECOND, GROUP)
    expect(groups.map((group) => `${group[0]?.kind} ${group.length}`)).toEqual(['down 500', 'recovered 500'])
  })

  test.each<[string, number]>([
    ['back', 100 - 3600],
    ['forth', 100 + 3600],
  ])('a clock that is set %s by an hour tells everything once, and at once', (_title, seconds) => {
    const [groups, nextAt] = at(seconds, story) as [number[][], number | null]
    expect(groups.flat().sort()).toEqual([1, 2, 3, 4])
    expect(nextAt).toBeNull()
  })
})

test('without a window each is told at once, with what came in the same millisecond', () => {
  expect(at(100, [[1, 'down', 100]], 0)).toEqual([[[1]], null])
  expect(at(110, [...three, [4, 'down', 105]], 0)).toEqual([[[1], [2, 4], [3]], null])
})

describe('whoever wakes at the moment that was named', () => {
  const gapMs = fc.oneof(fc.nat(12 * SECOND), fc.nat(2 * MINUTE))
  const heldMs = fc.option(fc.oneof(fc.nat(5 * MINUTE), fc.constant(FOR_GOOD)), { freq: 3 })
  const kind = fc.constantFrom<Waiting['kind']>('down', 'recovered', 'reminder')
  const alerts = fc.array(fc.tuple(fc.nat(4), kind, gapMs, heldMs), { maxLength: 30 }).map((drafts) => {
    let recordedAt = 0
    return drafts.map(([serviceId, kind, gap, held], id): Waiting => {
      recordedAt += gap
      return { id, serviceId, kind, recordedAt, heldUntil: held === null ? null : recordedAt + held }
    })
  })
  const groupMs = fc.constantFrom(0, 1, GROUP, HOUR)

  test('tells every alert once, in the order of its service, and as soon as it may', () => {
    fc.assert(fc.property(alerts, groupMs, (given, window) => live(given, window, 0, true)))
  })

  test('tells every alert once, too, if the clock was set after they were recorded', () => {
    const skewMs = fc.constantFrom(-HOUR, -1, HOUR)
    fc.assert(fc.property(alerts, groupMs, skewMs, (given, window, skew) => live(given, window, skew, false)))
  })

  function live(given: Waiting[], window: number, startAt: number, isClockRight: boolean): void {
    const toldAt = new Map<Waiting, number>()
    const olderOf = (one: Waiting) => given.filter(({ serviceId, id }) => serviceId === one.serviceId && id < one.id)
    const moments: number[] = [startAt, ...(isClockRight ? given.map(({ recordedAt }) => recordedAt) : [])]
    for (let wakes = 0; moments.length > 0; wakes++) {
      expect(wakes).toBeLessThanOrEqual(4 * given.length + 1)
      const now = Math.min(...moments)
      const known = given.filter((one) => !toldAt.has(one) && (!isClockRight || one.recordedAt <= now))
      const { groups, nextAt } = dueGroups(known, now, window)
      for (const group of groups) {
        expect(new Set(group.map(({ kind }) => kind)).size).toBe(1)
        for (const one of group) {
          expect([toldAt.has(one), olderOf(one).every((other) => toldAt.has(other))]).toEqual([false, true])
          toldAt.set(one, now)
        }
      }
      if (nextAt !== null) expect(nextAt).toBeGreaterThan(now)
      moments.splice(
        0,
        moments.length,
        ...moments.filter((moment) => moment > now),
        ...(nextAt === null ? [] : [nextAt]),
      )
    }
    for (const one of given) {
      const isStuck = [...olderOf(one), one].some(({ heldUntil }) => heldUntil === FOR_GOOD)
      expect(toldAt.has(one)).toBe(!isStuck)
      if (isStuck) continue
      const at = toldAt.get(one) as number
      expect(at).toBeGreaterThanOrEqual(one.heldUntil ?? startAt)
      const freeAt = Math.max(startAt, ...olderOf(one).map((other) => toldAt.get(other) as number))
      const latest = Math.max(one.recordedAt + window, one.heldUntil ?? 0, freeAt)
      if (isClockRight) expect(at).toBeLessThanOrEqual(latest)
    }
  }
})
