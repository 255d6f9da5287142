import type { Db, Trx } from '../../db/schema.ts'
import { findNamesakes } from '../../db/services.ts'
import { displayName, type NameColumns, sharedNames } from './names.ts'

/** The names of these services that other services have too, so that messages must add the key. */
export async function namesakesOf(db: Db | Trx, services: readonly NameColumns[]): Promise<Set<string>> {
  return sharedNames(await findNamesakes(db, services.map(displayName)))
}
