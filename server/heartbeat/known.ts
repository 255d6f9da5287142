import { LRUCache } from 'lru-cache'
import { findServices } from '../../db/services.ts'
import type { Ground } from '../ground.ts'
import { stateOf } from '../lifecycle/state.ts'
import type { ServiceState } from '../lifecycle/transition.ts'
import { type Refused, refusalOf } from './permission.ts'
import { register } from './register.ts'
import type { Signal } from './signal.ts'

/** A cached service, as this process last saw it. A write finds out by the version whether it is still so. */
export interface Known {
  readonly id: number
  readonly key: string
  readonly group: string | null
  version: number
  checkAt: number | null
  readonly state: ServiceState & { gaps: number[] }
}

/** Services in the cache. Each takes about 1 kB. */
const MOST_CACHED = 20_000

/** A cache (LRU) of services, by the key or alias that callers use. It spares most batches a read. */
export function createKnownServices({ db, config }: Pick<Ground, 'db' | 'config'>) {
  const known = new LRUCache<string, Known>({ max: MOST_CACHED })

  /**
   * Reads the services of these signals that are not cached, and registers the new ones.
   *
   * @returns the signals whose callers may not register their services
   */
  async function load(signals: readonly Signal[]): Promise<Refused[]> {
    const missing = signals.filter(({ key, caller }) => {
      const cached = known.get(key)
      return !cached || refusalOf(caller, cached, key)
    })
    if (missing.length === 0) return []
    // A cached service that refuses a caller is read again, since no write would show that the entry is outdated.
    forget(missing.map(({ key }) => key))
    await read(missing)
    const unknown = missing.filter(({ key }) => !known.has(key))
    if (unknown.length === 0) return []
    const refused = await register(db, unknown)
    await read(unknown)
    return refused
  }

  async function read(signals: readonly Signal[]): Promise<void> {
    const byId = new Map<number, Known>()
    for (const row of await findServices(db, [...new Set(signals.map(({ key }) => key))])) {
      const state = { ...stateOf(row, config.timezone), gaps: row.gaps }
      const fresh = {
        id: row.id,
        key: row.key,
        group: row.group_name,
        version: row.version,
        checkAt: row.check_at,
        state,
      }
      // One entry, also if it was asked for by a key and an alias.
      const service = byId.get(row.id) ?? fresh
      byId.set(row.id, service)
      known.set(row.asked, service)
    }
  }

  function forget(keys: Iterable<string>): void {
    for (const key of keys) known.delete(key)
  }

  return {
    load,
    get: (key: string) => known.get(key),
    forget,
  }
}
