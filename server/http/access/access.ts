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

/** How carefully a door is kept. */
export type DoorKind =
  /** Tells whether the server is well: open to everybody, however often. */
  | 'probe'
  /** The page itself, which then says what it waits for: open to everybody, also before the database has been reached. */
  | 'page'
  /** Open to everybody. */
  | 'open'
  /** Takes heartbeats: wants a key where there is one, also as `?key=`, and may be called from any web page. */
  | 'heartbeat'
  /** Wants the scope `read`, and tells also while the database is away: by a stored key that was valid when it was last asked. */
  | 'metrics'
  /** Wants a key or session of this scope where there is a key; where there is none, only callers that are no foreign web page. */
  | Scope

/** Throws 401, 403 or 429 for a caller who may not pass a door. */
export type AccessCheck = (request: FastifyRequest, door: DoorKind) => Promise<Caller>

export interface Access {
  check: AccessCheck
  /** Who asks, `null` if nothing tells; `requests` is for how many it counts, 0 if it was counted before. Throws 401 for a wrong key, and 429. */
  identify(request: FastifyRequest, door: DoorKind, requests?: number): Promise<Caller | null>
  /** Who signs in with this key. Throws 401 if it is nobody's, and 429 after too many that were. */
  signIn(request: FastifyRequest, key: string): Promise<Caller>
}

export interface AccessOptions {
  /** Where there is a key to sign in with. */
  sessions: Sessions | null
  /** Throws as long as there is no database to look into. */
  refuseUntilOpen: () => void
}

/** Where nothing else is limited. */
const SUSPECTS_PER_SECOND = 100

/** The one gate before all doors. */
export function createAccess(
  { config, clock, keyring }: Pick<Deps, 'config' | 'clock' | 'keyring'>,
  { sessions, refuseUntilOpen }: AccessOptions,
): Access {
  const { apiKey, publicUrl } = config
  const attempts = createAttempts(clock)
  const rateLimit = createRateLimit(clock, config.rateLimitPerSecond)
  const rateOfSuspects = createRateLimit(clock, config.rateLimitPerSecond ?? SUSPECTS_PER_SECOND)
  const isOwners = apiKey === undefined ? () => true : createKeyMatch(apiKey)
  const refuseForeign = apiKey === undefined ? keylessCheck(config) : null

  async function identify(request: FastifyRequest, door: DoorKind, requests = 1): Promise<Caller | null> {
    if (door === 'probe') return NOBODY
    if (door !== 'page') refuseUntilOpen()
    const isOpen = door === 'page' || door === 'open'
    const key = isOpen || refuseForeign ? undefined : givenKey(request, door)
    if (key !== undefined) {
      const caller = await holderOf(request, key, { alsoOld: door === 'metrics' })
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

  async function holderOf(request: FastifyRequest, key: string, { alsoOld = false } = {}): Promise<Caller> {
    const isSuspect = attempts.areTooMany(request.ip)
    // A right key is let in from wherever it comes; but where guesses come from, the next one may be right.
    if (isSuspect) rateOfSuspects(request.ip)
    const caller = isOwners(key) ? OWNER : await keyring.find(key, { alsoNew: !isSuspect, alsoOld })
    if (caller) return caller
    if (isSuspect) throw tooManyAttempts()
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
      return holderOf(request, key)
    },
  }
}

function scopeOf(door: DoorKind): Scope {
  if (door === 'metrics') return 'read'
  return door === 'probe' || door === 'page' || door === 'open' || door === 'heartbeat' ? 'ping' : door
}

/** Throws 401 for who has shown nothing, and 403 for a caller whose key allows less. */
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
