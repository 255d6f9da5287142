import { expect, test } from 'vitest'
import { GAPS_KEPT, HEARTBEATS_NEEDED, median, withGap } from '../../server/lifecycle/cadence.ts'
import { HOUR, MINUTE, SECOND } from '../helpers/clock.ts'

test.each<[string, number[], number | null]>([
  ['no gap, no cadence', [], null],
  ['a single gap is the cadence', [5 * MINUTE], 300_000],
  ['two gaps meet in the middle', [4 * MINUTE, 6 * MINUTE], 300_000],
  ['of two gaps an odd millisecond apart the half counts', [300_000, 300_001], 300_000.5],
  ['of three gaps the middle one counts', [6 * MINUTE, 5 * MINUTE, 1 * MINUTE], 300_000],
  ['one long night does not change the rhythm', [5 * MINUTE, 5 * MINUTE, 8 * HOUR, 5 * MINUTE], 300_000],
  ['gaps are compared as numbers, not as text', [9, 10, 100], 10],
  ['a burst and a long rest are averaged when they are the middle', [1, 1, 3_599_999, 3_600_000], 1_800_000],
  ['gaps of a quarter are no trouble', [90 * 24 * HOUR, 92 * 24 * HOUR, 91 * 24 * HOUR], 7_862_400_000],
])('%s', (_title, gaps, expected) => {
  expect(median(gaps)).toBe(expected)
})

test('the median leaves the gaps in their order', () => {
  const gaps = [3, 1, 2]
  median(gaps)
  expect(gaps).toEqual([3, 1, 2])
})

test('the rhythm is known from the fourth heartbeat on, and from the newest 50 gaps', () => {
  expect(HEARTBEATS_NEEDED).toBe(4)
  expect(GAPS_KEPT).toBe(50)
})

test('a new gap goes last, and the gaps before it stay untouched', () => {
  const gaps = [1, 2]
  expect(withGap(gaps, 3)).toEqual([1, 2, 3])
  expect(gaps).toEqual([1, 2])
})

test.each<[string, number, number, number]>([
  ['the 49th gap is added', 48, 49, 0],
  ['the 50th gap is added', 49, 50, 0],
  ['the 51st gap pushes the oldest out', 50, 50, 1],
  ['a list that is too long is cut to the newest 50', 60, 50, 11],
])('%s', (_title, before, after, oldest) => {
  const gaps = withGap(
    Array.from({ length: before }, (_, index) => index),
    999,
  )
  expect(gaps).toHaveLength(after)
  expect(gaps[0]).toBe(oldest)
  expect(gaps.at(-1)).toBe(999)
})

test('after 50 gaps at a new rhythm nothing is left of the old one', () => {
  let gaps = Array.from({ length: 50 }, () => 5 * MINUTE)
  for (let beat = 0; beat < 25; beat++) gaps = withGap(gaps, 30 * SECOND)
  expect(median(gaps)).toBe(165_000)
  gaps = withGap(gaps, 30 * SECOND)
  expect(median(gaps)).toBe(30_000)
  for (let beat = 0; beat < 24; beat++) gaps = withGap(gaps, 30 * SECOND)
  expect(new Set(gaps)).toEqual(new Set([30_000]))
})
