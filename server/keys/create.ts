import { z } from 'zod'
import { insertKey } from '../../db/keys.ts'
import type { Deps } from '../deps.ts'
import { CallerError, invalidField } from '../errors.ts'
import { isOneLine, text } from '../input/text.ts'
import { SCOPES } from './caller.ts'
import { createSecret, hashOf } from './keyring.ts'
import { keyView, type NewKeyView } from './view.ts'

const unnamed = 'name is required: say where the key is used'

const name = z
  .string({ error: unnamed })
  .trim()
  .min(1, { error: unnamed })
  .max(100, { error: 'name must have at most 100 characters' })
  .refine(isOneLine, { error: 'name must not contain control characters' })

export const createKeyInput = z.strictObject({
  name,
  scope: z.enum(SCOPES, { error: `scope must be one of ${SCOPES.join(', ')}` }),
  group: text('group', 100),
  keyPrefix: text('keyPrefix', 200),
})

/** Creates an API key. Only this answer holds its secret, since only a hash is stored. */
export async function createKey(
  deps: Deps,
  { name, scope, group, keyPrefix }: z.output<typeof createKeyInput>,
): Promise<NewKeyView> {
  if (deps.config.apiKey === undefined) {
    throw new CallerError(
      'api_key_not_set',
      'set API_KEY first: as long as there is none, everybody is let in without a key',
    )
  }
  if (scope !== 'ping' && (group || keyPrefix)) {
    throw invalidField(
      group ? 'group' : 'keyPrefix',
      'group and keyPrefix limit the heartbeats of a ping key; other keys have none',
    )
  }
  const secret = createSecret()
  const row = await insertKey(deps.db, {
    name,
    scope,
    group_name: group || null,
    key_prefix: keyPrefix || null,
    secret_hash: hashOf(secret),
    created_at: deps.clock.now(),
  })
  deps.keyring.changed(row.id)
  return { ...keyView(deps, row), secret }
}
