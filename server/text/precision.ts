import { MINUTE_MS } from '../../db/units.ts'

/** How exactly a moment is told. */
export type Precision = 'minute' | 'second' | 'millisecond'

const steps = [
  ['second', MINUTE_MS],
  ['millisecond', 1_000],
] as const

/**
 * How exactly each moment of a list is told, so that it differs from its neighbours: by the second where they share a
 * minute, and by the millisecond where they share a second, too.
 */
export const precisionsOf = (times: readonly number[]): Precision[] =>
  times.map((at, index) => finer(between(at, times[index - 1]), between(at, times[index + 1])))

/** How exactly two moments are told, so that they differ. Where they are the same, milliseconds would not help. */
export function between(one: number, other: number | undefined): Precision {
  if (one === other) return 'second'
  const isShared = (unitMs: number) => other !== undefined && Math.floor(one / unitMs) === Math.floor(other / unitMs)
  return steps.findLast(([, unitMs]) => isShared(unitMs))?.[0] ?? 'minute'
}

const order: readonly Precision[] = ['minute', 'second', 'millisecond']

export const finer = (one: Precision, other: Precision): Precision =>
  order.indexOf(one) > order.indexOf(other) ? one : other
