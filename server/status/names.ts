import type { Db, Trx } from '../../db/schema.ts'
import type { ServiceRow } from '../../db/serviceRows.ts'
import { findNamesakes } from '../../db/services.ts'
import { withKey } from '../text/words.ts'
import { displayName } from './view.ts'

type Named = Pick<ServiceRow, 'key' | 'display_name'>

/** Which of the services' names belong to others too, so that their keys must tell them apart. */
export async function namesakesOf(db: Db | Trx, services: readonly Named[]): Promise<Set<string>> {
  return sharedNames(await findNamesakes(db, services.map(displayName)))
}

/** The names that several of the services have. */
export function sharedNames(services: readonly Named[]): Set<string> {
  const seen = new Set<string>()
  return new Set(services.map(displayName).filter((name) => seen.has(name) || !seen.add(name)))
}

/** What people call a service: its name, with its key where others have that name too. */
export function shownName(service: Named, shared: ReadonlySet<string>): string {
  const name = displayName(service)
  return shared.has(name) ? withKey(name, service.key) : name
}
