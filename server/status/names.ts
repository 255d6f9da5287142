import type { ServiceRow } from '../../db/serviceRows.ts'
import { withKey } from '../text/words.ts'

/** The columns that a service's name comes from. */
export type NameColumns = Pick<ServiceRow, 'key' | 'display_name'>

/** The names that more than one of these services has. */
export function sharedNames(services: readonly NameColumns[]): Set<string> {
  const seen = new Set<string>()
  return new Set(services.map(displayName).filter((name) => seen.has(name) || !seen.add(name)))
}

/** The name of a service in messages: with its key if other services have that name too. */
export function shownName(service: NameColumns, shared: ReadonlySet<string>): string {
  const name = displayName(service)
  return shared.has(name) ? withKey(name, service.key) : name
}

/** The name a person gave, or the key made readable: `my-nightly_job` becomes `My Nightly Job`. */
export function displayName(row: Pick<ServiceRow, 'key' | 'display_name'>): string {
  return (
    row.display_name ??
    (row.key
      .replaceAll(/[-_]+/g, ' ')
      .trim()
      .replaceAll(/(^|\s)\p{Ll}/gu, (letter) => letter.toUpperCase()) ||
      row.key)
  )
}
