import { createHmac, randomBytes } from 'node:crypto'
import { deleteSession, deleteSessionsSeenBefore, findSession, insertSession, touchSession } from '../../db/sessions.ts'
import { DAY_MS, HOUR_MS } from '../../db/units.ts'
import type { Deps } from '../deps.ts'
import { type Caller, OWNER } from '../keys/caller.ts'

/** The sessions of signed-in browsers, each with a random token in a cookie. */
export interface Sessions {
  /** Begins a session. @returns its token, which stands for the caller's key */
  begin(caller: Caller): Promise<string>
  /** Finds the caller of a session, as long as its key is valid. Each use prolongs the session. */
  find(token: string): Promise<Caller | undefined>
  /** Ends a session, and with it the streams that its browser has open, also on other servers. */
  end(token: string): Promise<void>
}

/** A session ends after this time without use. */
export const IDLE_DAYS = 30
export const IDLE_MS = IDLE_DAYS * DAY_MS
/** `seen_at` is stored at most this often, to save writes. */
const TOUCH_AFTER_MS = HOUR_MS

/** The database holds hashes of the tokens, keyed with API_KEY (HMAC), so that a new API_KEY ends all sessions. */
export function createSessions(
  { db, clock, keyring, hints, streams }: Pick<Deps, 'db' | 'clock' | 'keyring' | 'hints' | 'streams'>,
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
      const caller = found.key_id === null ? OWNER : await keyring.get(found.key_id)
      return caller && { ...caller, session: hash(token) }
    },
    async end(token) {
      await deleteSession(db, hash(token))
      hints.tell('sessions', hash(token))
      streams.check()
    },
  }
}
