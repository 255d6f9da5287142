import type { Db } from '../../db/schema.ts'
import { listVersions } from '../../db/services.ts'

/** Finds the changes of other servers by polling: the version of a service grows with each write. */
export interface OtherServers {
  /** Compares all versions with those of the look before. The first look finds nothing. */
  look(): Promise<{ touched: number[]; removed: [id: number, key: string][] }>
  /** Notes a version that was read otherwise, so that the next look does not find it again. */
  knows(id: number, key: string, version: number): void
  /** The same for a service that is known to be removed. */
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
