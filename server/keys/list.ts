import { listKeys } from '../../db/keys.ts'
import type { Deps } from '../deps.ts'
import { type KeyView, keyView } from './view.ts'

/** All API keys, the newest first, also those that were revoked. */
export async function showKeys(deps: Deps): Promise<KeyView[]> {
  return (await listKeys(deps.db)).map((row) => keyView(deps, row))
}
