import type { Reply, Request } from './wire.ts'

/** The server under attack. */
export interface Target {
  url: string
  /** What its owner has. */
  owner: string
  /** Stored keys. */
  ping: string
  read: string
  /** May beat for services whose keys begin with `shop-`. */
  prefixed: string
  /** May beat for services of the group "Shop". */
  grouped: string
  revoked: string
  /** A browser that has signed in with the `read` key, and one that has signed out again. */
  cookie: string
  oldCookie: string
}

export interface Attack {
  name: string
  request: Request | string | ((target: Target) => Promise<Reply>)
  /** The statuses that a server may answer with; 0: it closes the line. */
  expect: readonly number[]
  /** Whether the answer may have a Set-Cookie. */
  cookie?: boolean
}

/** What may not be seen in any answer: a stack trace, a path of ours, or the words of a database. */
export const INNARDS =
  /\n\s+at |\\n\s+at |\.ts:\d|node_modules|node:internal|"stack"|invalid byte sequence|syntax error at|pg_catalog|kysely|PGlite/i

export const REFUSED = [400, 401, 403, 404, 405, 413, 415, 431]
/** Taken as what it says, or refused; neither does anything. */
export const HARMLESS = [200, 204, 207, ...REFUSED, 409]

export const bearer = (key: string) => ({ Authorization: `Bearer ${key}` })
export const JSON_TYPE = { 'Content-Type': 'application/json' }
export const FORM_TYPE = { 'Content-Type': 'application/x-www-form-urlencoded' }

export const query = (procedure: string, input: unknown) =>
  `/trpc/${procedure}?input=${encodeURIComponent(typeof input === 'string' ? input : JSON.stringify(input))}`

export const call = (procedure: string, input: unknown, headers: Request['headers'] = {}): Request => ({
  method: 'POST',
  path: `/trpc/${procedure}`,
  headers: { ...JSON_TYPE, ...headers },
  body: typeof input === 'string' ? input : JSON.stringify(input),
})
