import { LRUCache } from 'lru-cache'
import { findServices, registerServices } from '../../db/services.ts'
import type { Deps } from '../deps.ts'
import { stateOf } from '../lifecycle/state.ts'
import type { ServiceState } from '../lifecycle/transition.ts'

/** A service as this process last saw it. Whether it still is so is found out when it is written. */
export interface Known {
  readonly id: number
  readonly key: string
  version: number
  checkAt: number | null
  readonly state: ServiceState & { gaps: number[] }
}

/** About 1 kB each. */
const KEPT_IN_MIND = 20_000

/** Keeps services in mind between batches, by the key or alias that they are called by. */
export function createKnownServices({ db, config }: Pick<Deps, 'db' | 'config'>) {
  const known = new LRUCache<string, Known>({ max: KEPT_IN_MIND })

  /** Looks up in the database; what has no service there is registered. */
  async function load(keys: string[], nowMs: number): Promise<void> {
    const missing = keys.filter((key) => !known.has(key))
    if (missing.length === 0) return
    await look(missing)
    const unknown = missing.filter((key) => !known.has(key))
    if (unknown.length === 0) return
    await db.transaction().execute((trx) => registerServices(trx, unknown, nowMs))
    await look(unknown)
  }

  async function look(keys: string[]): Promise<void> {
    const byId = new Map<number, Known>()
    for (const row of await findServices(db, keys)) {
      const state = { ...stateOf(row, config.timezone), gaps: row.gaps }
      const one = byId.get(row.id) ?? { id: row.id, key: row.key, version: row.version, checkAt: row.check_at, state }
      byId.set(row.id, one)
      known.set(row.asked, one)
    }
  }

  return {
    load,
    get: (key: string) => known.get(key),
    forget: (keys: Iterable<string>) => {
      for (const key of keys) known.delete(key)
    },
  }
}
