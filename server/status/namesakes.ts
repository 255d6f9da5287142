import type { Db, Trx } from '../../db/schema.ts'
import { findNamesakes } from '../../db/services.ts'
import { displayName, type NameColumns, sharedNames } from './names.ts'

/** Which of the services' names belong to others too, so that their keys must tell them apart. */
export async function namesakesOf(db: Db | Trx, services: readonly NameColumns[]): Promise<Set<string>> {
  return sharedNames(await findNamesakes(db, services.map(displayName)))
}
