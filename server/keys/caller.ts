/** What a key allows, from least to most. Each scope includes those before it. */
export const SCOPES = ['ping', 'read', 'admin'] as const

export type Scope = (typeof SCOPES)[number]

export const allows = (given: Scope, wanted: Scope): boolean => SCOPES.indexOf(given) >= SCOPES.indexOf(wanted)

/** A caller, as far as its key tells. */
export interface Caller {
  scope: Scope
  /** The stored key; `null` for `API_KEY` itself, and for callers who need no key. */
  keyId: number | null
  /** Limits the heartbeats of a `ping` key to the services of this group; `null` for no limit. */
  group: string | null
  /** Limits them to services whose keys begin like this; `null` for no limit. */
  keyPrefix: string | null
  /** The hash of the session's token, if a browser that has signed in asks; else `null`. */
  session: string | null
}

/** A caller with `API_KEY`, or anybody if it is not set: may do everything. */
export const OWNER: Caller = { scope: 'admin', keyId: null, group: null, keyPrefix: null, session: null }

/** A caller without a key, at a door that is open to everybody. */
export const NOBODY: Caller = { scope: 'ping', keyId: null, group: null, keyPrefix: null, session: null }
