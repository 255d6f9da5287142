import { LRUCache } from 'lru-cache'
import { findServices } from '../../db/services.ts'
import type { Ground } from '../ground.ts'
import { stateOf } from '../lifecycle/state.ts'
import type { ServiceState } from '../lifecycle/transition.ts'
import { type Refused, refusalOf } from './permission.ts'
import { register } from './register.ts'
import type { Signal } from './signal.ts'

/** A service as this process last saw it. Whether it still is so is found out when it is written. */
export interface Known {
  readonly id: number
  readonly key: string
  readonly group: string | null
  version: number
  checkAt: number | null
  readonly state: ServiceState & { gaps: number[] }
}

/** About 1 kB each. */
const KEPT_IN_MIND = 20_000

/** Keeps services in mind between batches, by the key or alias that they are called by. */
export function createKnownServices({ db, config }: Pick<Ground, 'db' | 'config'>) {
  const known = new LRUCache<string, Known>({ max: KEPT_IN_MIND })

  /**
   * Looks the services of signals up in the database, and registers those that are new.
   *
   * @returns the signals whose callers may not register what they are for
   */
  async function load(signals: readonly Signal[]): Promise<Refused[]> {
    const missing = signals.filter(({ key, caller }) => {
      const one = known.get(key)
      return !one || refusalOf(caller, one)
    })
    if (missing.length === 0) return []
    // A refusal writes nothing, and would not find out that somebody has changed the service since.
    forget(missing.map(({ key }) => key))
    await look(missing)
    const unknown = missing.filter(({ key }) => !known.has(key))
    if (unknown.length === 0) return []
    const refused = await register(db, unknown)
    await look(unknown)
    return refused
  }

  async function look(signals: readonly Signal[]): Promise<void> {
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
      const one = byId.get(row.id) ?? fresh
      byId.set(row.id, one)
      known.set(row.asked, one)
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
