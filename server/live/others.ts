import type { Db } from '../../db/schema.ts'
import { listVersions } from '../../db/services.ts'

/** Finds out what other servers have changed, by comparing how often each service has been written. */
export interface OtherServers {
  /** Since the last look; nothing at the first. */
  look(): Promise<{ touched: number[]; removed: [id: number, key: string][] }>
  /** What was found out in another way need not be found again. */
  knows(id: number, key: string, version: number): void
  forget(id: number): void
}

export function createOtherServers(db: Db): OtherServers {
  let seen: Map<number, { key: string; version: number }> | undefined
  return {
    async look() {
      const before = seen
      const now = new Map((await listVersions(db)).map(({ id, ...rest }) => [id, rest]))
      seen = now
      if (!before) return { touched: [], removed: [] }
      return {
        touched: [...now].filter(([id, { version }]) => before.get(id)?.version !== version).map(([id]) => id),
        removed: [...before].filter(([id]) => !now.has(id)).map(([id, { key }]) => [id, key]),
      }
    },
    knows: (id, key, version) => seen?.set(id, { key, version }),
    forget: (id) => seen?.delete(id),
  }
}
