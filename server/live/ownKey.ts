import type { Db } from '../../db/schema.ts'
import { findService } from '../../db/services.ts'

/** The key of the service that `asked` names by key or alias; `asked` itself if the service does not exist yet. */
export async function keyOf(db: Db, asked: string | undefined): Promise<string | undefined> {
  return asked === undefined ? undefined : ((await findService(db, asked))?.key ?? asked)
}
