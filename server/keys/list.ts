import { listKeys } from '../../db/keys.ts'
import type { Deps } from '../deps.ts'
import { type KeyView, keyView } from './view.ts'

/** All keys that were ever made, the newest first. */
export async function showKeys(deps: Deps): Promise<KeyView[]> {
  return (await listKeys(deps.db)).map((row) => keyView(deps, row))
}
