import type { KeyRow } from '../../db/keys.ts'
import type { Deps } from '../deps.ts'
import type { Scope } from './caller.ts'

/** A stored key, without its secret. */
export interface KeyView {
  id: number
  name: string
  scope: Scope
  group: string | null
  keyPrefix: string | null
  /** ISO 8601 in the server's zone. */
  createdAt: string
  /** May lack the last minute, since not every use is stored. */
  lastUsedAt: string | null
  revokedAt: string | null
}

export interface NewKeyView extends KeyView {
  /** The key itself, which is never shown again. */
  secret: string
}

export function keyView({ iso }: Pick<Deps, 'iso'>, row: KeyRow): KeyView {
  const when = (ms: number | null) => (ms === null ? null : iso(ms))
  return {
    id: row.id,
    name: row.name,
    scope: row.scope,
    group: row.group_name,
    keyPrefix: row.key_prefix,
    createdAt: iso(row.created_at),
    lastUsedAt: when(row.last_used_at),
    revokedAt: when(row.revoked_at),
  }
}
