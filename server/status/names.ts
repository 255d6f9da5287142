import type { ServiceRow } from '../../db/serviceRows.ts'
import { withKey } from '../text/words.ts'

/** A service as far as its names go. */
export type NameColumns = Pick<ServiceRow, 'key' | 'display_name'>

/** The names that several of the services have. */
export function sharedNames(services: readonly NameColumns[]): Set<string> {
  const seen = new Set<string>()
  return new Set(services.map(displayName).filter((name) => seen.has(name) || !seen.add(name)))
}

/** What people call a service: its name, with its key where others have that name too. */
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
