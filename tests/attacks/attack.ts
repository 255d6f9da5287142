import type { Reply, Request } from './wire.ts'

/** The server under attack. */
export interface Target {
  url: string
  /** API_KEY. */
  owner: string
  /** Stored keys, named by what they allow. */
  ping: string
  read: string
  /** A ping key for services whose keys begin with `shop-`. */
  prefixed: string
  /** A ping key for services of the group "Shop". */
  grouped: string
  revoked: string
  /** The cookie of a session with the `read` key; `oldCookie` is that of a session that was ended. */
  cookie: string
  oldCookie: string
}

export interface Attack {
  name: string
  request: Request | string | ((target: Target) => Promise<Reply>)
  /** The statuses that the server may answer with; 0 means that it closes the connection. */
  expect: readonly number[]
  /** Whether the answer may have a Set-Cookie. */
  cookie?: boolean
}

/** Matches what no answer may show: a stack trace, a path of the server, or words of the database. */
export const INNARDS =
  /\n\s+at |\\n\s+at |\.ts:\d|node_modules|node:internal|"stack"|invalid byte sequence|syntax error at|pg_catalog|kysely|PGlite/i

export const REFUSED = [400, 401, 403, 404, 405, 413, 415, 431]
/** Accepted or refused: both are harmless. */
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
