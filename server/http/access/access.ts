import type { FastifyRequest } from 'fastify'
import type { Deps } from '../../deps.ts'
import { CallerError } from '../../errors.ts'
import { allows, type Caller, NOBODY, OWNER, type Scope } from '../../keys/caller.ts'
import { createAttempts, tooManyAttempts } from '../../session/attempts.ts'
import type { Sessions } from '../../session/sessions.ts'
import { keylessCheck } from './keyless.ts'
import { refuseForeignPage } from './origin.ts'
import { createRateLimit } from './rateLimit.ts'
import { createKeyMatch } from './sameKey.ts'
import { sessionToken } from './sessionCookie.ts'

/** The access check of a door: which key or session it needs. */
export type DoorKind =
  /** A health check: open to everybody, without a rate limit. */
  | 'probe'
  /** The files of the page: open to everybody, also while the server waits for the database. */
  | 'page'
  /** Open to everybody. */
  | 'open'
  /** Takes heartbeats: needs a key if API_KEY is set, also as `?key=`. Any web page may call it. */
  | 'heartbeat'
  /** Needs the scope `read`. While the database is away, it accepts keys that were valid when they were last read. */
  | 'metrics'
  /** Needs a key or session of this scope if API_KEY is set; otherwise only foreign web pages are refused. */
  | Scope

/** Finds out who calls. Throws 401, 403 or 429 for a caller whom the door refuses. */
export type AccessCheck = (request: FastifyRequest, door: DoorKind) => Promise<Caller>

export interface Access {
  check: AccessCheck
  /**
   * Finds out who calls; `null` if the request has neither key nor session. Throws 401 for a wrong key or an ended
   * session, 403 for a foreign page, and 429 beyond the rate limit. `requests` is how many it counts: 0 if it was counted
   * before.
   */
  identify(request: FastifyRequest, door: DoorKind, requests?: number): Promise<Caller | null>
  /** Finds out whose key somebody signs in with. Throws 401 for a wrong key, and 429 after too many of them. */
  signIn(request: FastifyRequest, key: string): Promise<Caller>
}

export interface AccessOptions {
  /** `null` if API_KEY is not set, since nobody needs to sign in then. */
  sessions: Sessions | null
  /** Throws 503 until the start has reached and migrated the database. */
  refuseUntilOpen: () => void
}

/** How often a locked-out address may try whether a key is API_KEY, which may be weak, if RATE_LIMIT_PER_SECOND sets none. */
const SUSPECTS_PER_SECOND = 100

/** Makes the access check that all doors share: API keys, sessions, rate limit and the lockout after wrong keys. */
export function createAccess(
  { config, clock, keyring }: Pick<Deps, 'config' | 'clock' | 'keyring'>,
  { sessions, refuseUntilOpen }: AccessOptions,
): Access {
  const { apiKey, publicUrl } = config
  const attempts = createAttempts(clock)
  const rateLimit = createRateLimit(clock, config.rateLimitPerSecond)
  const rateOfSuspects = createRateLimit(clock, config.rateLimitPerSecond ?? SUSPECTS_PER_SECOND)
  const isOwners = apiKey === undefined ? () => true : createKeyMatch(apiKey)
  /** Set if there is no `API_KEY`: then nobody needs a key, and foreign web pages are refused. */
  const refuseForeign = apiKey === undefined ? keylessCheck(config) : null

  async function identify(request: FastifyRequest, door: DoorKind, requests = 1): Promise<Caller | null> {
    if (door === 'probe') return NOBODY
    if (door !== 'page') refuseUntilOpen()
    const isOpen = door === 'page' || door === 'open'
    const key = isOpen || refuseForeign ? undefined : givenKey(request, door)
    if (key !== undefined) {
      const caller = await holderOfKey(request, key, { alsoOld: door === 'metrics' })
      rateLimit(`key ${caller.keyId ?? 'API_KEY'}`, requests)
      return caller
    }
    rateLimit(request.ip, requests)
    if (isOpen) return NOBODY
    if (refuseForeign) {
      if (door !== 'heartbeat') refuseForeign(request)
      return OWNER
    }
    const token = door === 'heartbeat' ? undefined : sessionToken(request)
    return token === undefined ? null : viewerOf(request, token)
  }

  async function holderOfKey(request: FastifyRequest, key: string, { alsoOld = false } = {}): Promise<Caller> {
    const isSuspect = attempts.areTooMany(request.ip)
    if (!isSuspect && isOwners(key)) return OWNER
    // A right key works even from a locked-out address, for others may share it. Nobody can guess a stored one.
    const caller = await keyring.find(key, { alsoNew: !isSuspect, alsoOld })
    if (caller) return caller
    if (isSuspect) {
      rateOfSuspects(request.ip)
      if (isOwners(key)) return OWNER
      throw tooManyAttempts()
    }
    attempts.noteWrong(request.ip)
    throw new CallerError('wrong_key', 'this key is not valid here')
  }

  async function viewerOf(request: FastifyRequest, token: string): Promise<Caller> {
    refuseForeignPage(request, publicUrl)
    const caller = await sessions?.find(token)
    if (!caller) throw new CallerError('signed_out', 'you are signed out; sign in again')
    return caller
  }

  return {
    identify,
    check: async (request, door) => admitted(await identify(request, door), scopeOf(door)),
    async signIn(request, key) {
      if (attempts.areTooMany(request.ip)) throw tooManyAttempts()
      return holderOfKey(request, key)
    },
  }
}

function scopeOf(door: DoorKind): Scope {
  if (door === 'metrics') return 'read'
  return door === 'probe' || door === 'page' || door === 'open' || door === 'heartbeat' ? 'ping' : door
}

/** Throws 401 without a caller, and 403 for one whose key has too low a scope. */
export function admitted(caller: Caller | null, wanted: Scope): Caller {
  if (caller === null) {
    throw new CallerError(
      'no_key',
      `a key is needed: send the header "Authorization: Bearer <API_KEY>", with it or a key of the scope ${wanted}`,
    )
  }
  if (allows(caller.scope, wanted)) return caller
  throw new CallerError(
    'scope_too_low',
    `this needs a key of the scope ${wanted}; yours is of the scope ${caller.scope}`,
  )
}

function givenKey({ headers, query }: FastifyRequest, door: DoorKind): string | undefined {
  const bearer = /^Bearer\s+(\S+)\s*$/i.exec(headers.authorization ?? '')?.[1]
  if (bearer !== undefined) return bearer
  const header = headers['x-api-key']
  if (typeof header === 'string') return header
  const inQuery = (query as Record<string, unknown>).key
  return door === 'heartbeat' && typeof inQuery === 'string' ? inQuery : undefined
}
