export const units = { seconds: 1, minutes: 60, hours: 3_600, days: 86_400 } as const
export type Unit = keyof typeof units

/** Splits a length of time into a number and the largest unit in which it is whole. */
export function lengthOf(seconds: number): { count: number; unit: Unit } {
  const unit = (['days', 'hours', 'minutes'] as const).find(
    (name) => seconds >= units[name] && seconds % units[name] === 0,
  )
  return unit ? { count: seconds / units[unit], unit } : { count: seconds, unit: 'seconds' }
}
