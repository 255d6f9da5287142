import { z } from 'zod'
import { revokeKey as revoke } from '../../db/keys.ts'
import type { Deps } from '../deps.ts'
import { CallerError } from '../errors.ts'
import { type KeyView, keyView } from './view.ts'

export const revokeKeyInput = z.strictObject({ id: z.int().min(1).max(2_147_483_647) })

/** Revokes an API key, and with it the sessions and streams that began with it. */
export async function revokeKey(deps: Deps, { id }: z.output<typeof revokeKeyInput>): Promise<KeyView> {
  const row = await revoke(deps.db, id, deps.clock.now())
  if (!row) throw new CallerError('no_such_key', `there is no key ${id}; keys.list shows them`)
  deps.keyring.changed(id)
  deps.streams.check()
  return keyView(deps, row)
}
