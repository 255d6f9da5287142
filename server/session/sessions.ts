import { createHmac, randomBytes } from 'node:crypto'
import { deleteSession, deleteSessionsSeenBefore, findSession, insertSession, touchSession } from '../../db/sessions.ts'
import { DAY_MS, HOUR_MS } from '../../db/units.ts'
import type { Deps } from '../deps.ts'
import { type Caller, OWNER } from '../keys/caller.ts'

/** Browsers that are signed in. */
export interface Sessions {
  /** @returns the token that stands for the caller's key from now on */
  begin(caller: Caller): Promise<string>
  /** Whose key a token stands for, while that key is valid; being asked for keeps it alive. */
  find(token: string): Promise<Caller | undefined>
  end(token: string): Promise<void>
}

export const IDLE_DAYS = 30
export const IDLE_MS = IDLE_DAYS * DAY_MS
/** A session that is used all the time is written down this seldom. */
const TOUCH_AFTER_MS = HOUR_MS

/** The database holds hashes of the tokens, made with the key: under another key none of them is found. */
export function createSessions(
  { db, clock, keyring }: Pick<Deps, 'db' | 'clock' | 'keyring'>,
  apiKey: string,
): Sessions {
  const hash = (token: string) => createHmac('sha256', apiKey).update(token).digest('base64url')
  return {
    async begin({ keyId }) {
      const now = clock.now()
      const token = randomBytes(32).toString('base64url')
      await deleteSessionsSeenBefore(db, now - IDLE_MS)
      await insertSession(db, hash(token), keyId, now)
      return token
    },
    async find(token) {
      const now = clock.now()
      const found = await findSession(db, hash(token))
      if (!found || found.seen_at < now - IDLE_MS) return undefined
      if (found.seen_at < now - TOUCH_AFTER_MS) await touchSession(db, hash(token), now)
      return found.key_id === null ? OWNER : keyring.get(found.key_id)
    },
    end: (token) => deleteSession(db, hash(token)),
  }
}
