import type { StatusAnswer } from '../live/answers.ts'

/** The names of all groups, in alphabetical order. */
export function allGroups({ services }: StatusAnswer): string[] {
  const groups = new Set(services.flatMap(({ group }) => group ?? []))
  return [...groups].sort((a, b) => a.localeCompare(b))
}
