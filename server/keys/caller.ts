/** What a key allows, from the least to the most; each allows what those before it do. */
export const SCOPES = ['ping', 'read', 'admin'] as const

export type Scope = (typeof SCOPES)[number]

export const allows = (given: Scope, wanted: Scope): boolean => SCOPES.indexOf(given) >= SCOPES.indexOf(wanted)

/** Who asks, as far as a key tells. */
export interface Caller {
  scope: Scope
  /** `null` for who has `API_KEY`, and for everybody where there is none. */
  keyId: number | null
  /** The services that it may send heartbeats for: those of this group, and those whose keys begin so. */
  group: string | null
  keyPrefix: string | null
}

/** Who may do everything. */
export const OWNER: Caller = { scope: 'admin', keyId: null, group: null, keyPrefix: null }

/** Who has shown nothing, at a door that is open to everybody. */
export const NOBODY: Caller = { scope: 'ping', keyId: null, group: null, keyPrefix: null }
