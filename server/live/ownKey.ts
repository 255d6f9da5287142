import type { Db } from '../../db/schema.ts'
import { findService } from '../../db/services.ts'

/** The own key of the service that is called so; one that does not exist yet will be called as asked. */
export async function keyOf(db: Db, asked: string | undefined): Promise<string | undefined> {
  return asked === undefined ? undefined : ((await findService(db, asked))?.key ?? asked)
}
