import { hash, randomBytes } from 'node:crypto'
import { type KeyRow, listValidKeys, touchKey } from '../../db/keys.ts'
import type { Ground } from '../ground.ts'
import type { Hints } from '../hints.ts'
import { withTimeout } from '../net/withTimeout.ts'
import type { Caller } from './caller.ts'

/** The stored keys that are valid, kept in mind: a heartbeat costs no query for its key. */
export interface Keyring {
  /**
   * Whose secret this is, if anybody's; `alsoNew`: even if another server has made it in this moment, for a query;
   * `alsoOld`: by what the database said last, if it says nothing now.
   */
  find(secret: string, options: { alsoNew: boolean; alsoOld: boolean }): Promise<Caller | undefined>
  /** The key by its number, if it is still valid. */
  get(id: number): Promise<Caller | undefined>
  /** A key was made or revoked: all are read anew before anybody is let in by one, also by the other servers. */
  changed(id: number): void
}

/** So long a key that another server has revoked may still be let in here, if the hint of it got lost. */
const FRESH_MS = 5_000
/** So long a caller who may be let in by an old answer waits for a new one. */
const PATIENCE_MS = 2_000
/** A key that is used all the time is written down this seldom. */
const TOUCH_AFTER_MS = 60_000

/** So that programs which look for secrets in public places recognize one. */
const PREFIX = 'sb_'
const looksLikeOne = /^sb_[\w-]{43}$/

export const createSecret = (): string => PREFIX + randomBytes(32).toString('base64url')

/** A secret is 256 random bits: nobody finds it by trying or timing, so its hash needs neither salt nor slowness. */
export const hashOf = (secret: string): string => hash('sha256', secret, 'base64url')

interface Kept {
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
  let kept: Kept | null = null
  let reading: Promise<Kept> | null = null
  let wanted: Promise<Kept> | null = null
  let changes = 0

  /** What the database holds now or later: one query at a time, however many ask. */
  function read(): Promise<Kept> {
    if (!reading) {
      reading = query().finally(() => {
        reading = null
      })
      return reading
    }
    // The query under way may have begun too early for the one who asks.
    wanted ??= reading
      .catch(() => undefined)
      .then(() => {
        wanted = null
        return read()
      })
    return wanted
  }

  async function query(): Promise<Kept> {
    const [readAt, changesBefore] = [clock.now(), changes]
    const rows = await listValidKeys(db)
    const found = {
      readAt,
      byHash: new Map(rows.map((row) => [row.secret_hash, row])),
      byId: new Map(rows.map((row) => [row.id, row])),
    }
    // Else this may be from before the change.
    if (changes === changesBefore) kept = found
    return found
  }

  function forget(): void {
    changes += 1
    kept = null
  }
  hints.on('keys', forget)

  const fresh = async () => (kept && Math.abs(clock.now() - kept.readAt) < FRESH_MS ? kept : read())

  const freshOrOld = () =>
    withTimeout(PATIENCE_MS, fresh()).catch((error) => {
      if (kept) return kept
      throw error
    })

  function use(row: KeyRow | undefined): Caller | undefined {
    if (!row) return undefined
    const now = clock.now()
    if (row.last_used_at === null || now - row.last_used_at >= TOUCH_AFTER_MS) {
      row.last_used_at = now
      touchKey(db, row.id, now).catch((error) => absence.noted(error, 'could not write down that a key was used'))
    }
    return { scope: row.scope, keyId: row.id, group: row.group_name, keyPrefix: row.key_prefix }
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
