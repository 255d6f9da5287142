import { hash, randomBytes } from 'node:crypto'
import { type KeyRow, listValidKeys, touchKey } from '../../db/keys.ts'
import type { Ground } from '../ground.ts'
import type { Hints } from '../hints.ts'
import { withTimeout } from '../net/withTimeout.ts'
import type { Caller } from './caller.ts'

/** A cache of the valid API keys, so that a heartbeat needs no query for its key. */
export interface Keyring {
  /**
   * Finds the key with this secret. `alsoNew`: on a cache miss it queries the database, since another server may have
   * just created the key. `alsoOld`: if the database does not answer, the expired cache is used.
   */
  find(secret: string, options: { alsoNew: boolean; alsoOld: boolean }): Promise<Caller | undefined>
  /** Finds a key by its id, if it is still valid. */
  get(id: number): Promise<Caller | undefined>
  /** Invalidates the cache after a key was created or revoked, and that of the other servers by a hint. */
  changed(id: number): void
}

/** If a hint is lost, a key that another server has revoked still works here for this long. */
const CACHE_TTL_MS = 5_000
/** How long `alsoOld` waits for the database before it uses the expired cache. */
const TIMEOUT_MS = 2_000
/** `last_used_at` is stored at most this often, to save writes. */
const TOUCH_AFTER_MS = 60_000

/** Lets secret scanners recognize a key that was published by mistake. */
const PREFIX = 'sb_'
const looksLikeOne = /^sb_[\w-]{43}$/

export const createSecret = (): string => PREFIX + randomBytes(32).toString('base64url')

/** Hashes a secret. It has 256 random bits and cannot be guessed, so a fast hash without salt is enough. */
export const hashOf = (secret: string): string => hash('sha256', secret, 'base64url')

interface Cached {
  readAt: number
  byHash: Map<string, KeyRow>
  byId: Map<number, KeyRow>
}

export function createKeyring({
  db,
  clock,
  absence,
  hints,
}: Pick<Ground, 'db' | 'clock' | 'absence'> & { hints: Hints }): Keyring {
  let cached: Cached | null = null
  let reading: Promise<Cached> | null = null
  let next: Promise<Cached> | null = null
  let changes = 0

  /** Reads the keys as they are now or later. Callers share queries, of which one runs at a time. */
  function read(): Promise<Cached> {
    if (!reading) {
      reading = query().finally(() => {
        reading = null
      })
      return reading
    }
    // The query under way may have begun before the change that this caller must see.
    next ??= reading
      .catch(() => undefined)
      .then(() => {
        next = null
        return read()
      })
    return next
  }

  async function query(): Promise<Cached> {
    const [readAt, changesBefore] = [clock.now(), changes]
    const rows = await listValidKeys(db)
    const found = {
      readAt,
      byHash: new Map(rows.map((row) => [row.secret_hash, row])),
      byId: new Map(rows.map((row) => [row.id, row])),
    }
    // If a key changed during the query, its result may be outdated, and is not cached.
    if (changes === changesBefore) cached = found
    return found
  }

  function forget(): void {
    changes += 1
    cached = null
  }
  hints.on('keys', forget)

  const fresh = async () => (cached && Math.abs(clock.now() - cached.readAt) < CACHE_TTL_MS ? cached : read())

  const freshOrOld = () =>
    withTimeout(TIMEOUT_MS, fresh()).catch((error) => {
      if (cached) return cached
      throw error
    })

  function use(row: KeyRow | undefined): Caller | undefined {
    if (!row) return undefined
    const now = clock.now()
    if (row.last_used_at === null || now - row.last_used_at >= TOUCH_AFTER_MS) {
      row.last_used_at = now
      touchKey(db, row.id, now).catch((error) => absence.noted(error, 'could not write down that a key was used'))
    }
    return { scope: row.scope, keyId: row.id, group: row.group_name, keyPrefix: row.key_prefix, session: null }
  }

  return {
    async find(secret, { alsoNew, alsoOld }) {
      if (!looksLikeOne.test(secret)) return undefined
      const digest = hashOf(secret)
      const row = (await (alsoOld ? freshOrOld() : fresh())).byHash.get(digest)
      return use(row ?? (alsoNew ? (await read()).byHash.get(digest) : undefined))
    },
    async get(id) {
      return use((await fresh()).byId.get(id))
    },
    changed(id) {
      forget()
      hints.tell('keys', String(id))
    },
  }
}
