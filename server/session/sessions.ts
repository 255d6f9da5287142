import { createHmac, randomBytes } from 'node:crypto'
import { deleteSession, deleteSessionsSeenBefore, findSession, insertSession, touchSession } from '../../db/sessions.ts'
import type { Deps } from '../deps.ts'

/** Browsers that are signed in. */
export interface Sessions {
  /** @returns the token that stands for the key from now on */
  begin(): Promise<string>
  /** Whether a token stands for the key; being asked for keeps it alive. */
  isOpen(token: string): Promise<boolean>
  end(token: string): Promise<void>
}

export const IDLE_DAYS = 30
const IDLE_MS = IDLE_DAYS * 86_400_000
/** A session that is used all the time is written down this seldom. */
const TOUCH_AFTER_MS = 3_600_000

/** The database holds hashes of the tokens, made with the key: under another key none of them is found. */
export function createSessions({ db, clock }: Pick<Deps, 'db' | 'clock'>, apiKey: string): Sessions {
  const hash = (token: string) => createHmac('sha256', apiKey).update(token).digest('base64url')
  return {
    async begin() {
      const now = clock.now()
      const token = randomBytes(32).toString('base64url')
      await deleteSessionsSeenBefore(db, now - IDLE_MS)
      await insertSession(db, hash(token), now)
      return token
    },
    async isOpen(token) {
      const now = clock.now()
      const found = await findSession(db, hash(token))
      if (!found || found.seen_at < now - IDLE_MS) return false
      if (found.seen_at < now - TOUCH_AFTER_MS) await touchSession(db, hash(token), now)
      return true
    },
    end: (token) => deleteSession(db, hash(token)),
  }
}
