import type { FastifyRequest } from 'fastify'
import { type Config, isLoopback } from '../config.ts'
import { CallerError } from '../errors.ts'
import { allows, type Caller, NOBODY, OWNER, type Scope } from '../keys/caller.ts'
import type { Sessions } from '../session/sessions.ts'
import { createKeyMatch } from './key.ts'
import { refuseForeignPage } from './origin.ts'
import { sessionToken } from './sessionCookie.ts'

/** How carefully a door is kept. */
export type DoorKind =
  /** Open to everybody. */
  | 'open'
  /** Takes heartbeats: wants a key where there is one, also as `?key=`, and may be called from any web page. */
  | 'heartbeat'
  /** Wants a key or session of this scope where there is a key; where there is none, only callers that are no foreign web page. */
  | Scope

/** Throws 401 or 403 for a caller who may not pass a door. */
export type AccessCheck = (request: FastifyRequest, door: DoorKind) => Caller | Promise<Caller>

/** The one gate before all doors; `sessions` where there is a key to sign in with. */
export function createAccessCheck(
  config: Pick<Config, 'apiKey' | 'host' | 'publicUrl'>,
  sessions: Sessions | null,
): AccessCheck {
  const { apiKey, publicUrl } = config
  if (!apiKey) return keylessCheck(config)
  const matches = createKeyMatch(apiKey)

  async function checkSession(request: FastifyRequest, token: string): Promise<Caller> {
    refuseForeignPage(request, publicUrl)
    if (!(await sessions?.isOpen(token))) throw new CallerError('UNAUTHORIZED', 'you are signed out; sign in again')
    return OWNER
  }

  return (request, door) => {
    if (door === 'open') return NOBODY
    const given = givenKey(request, door)
    if (given !== undefined) {
      if (!matches(given)) throw new CallerError('UNAUTHORIZED', 'this key is not valid here')
      return OWNER
    }
    const token = door === 'heartbeat' ? undefined : sessionToken(request)
    if (token !== undefined) return checkSession(request, token)
    throw new CallerError('UNAUTHORIZED', 'a key is needed: send the header "Authorization: Bearer <API_KEY>"')
  }
}

/** Throws 403 for a caller whose key allows less. */
export function refuseBelow(wanted: Scope, { scope }: Caller): void {
  if (allows(scope, wanted)) return
  throw new CallerError('FORBIDDEN', `this needs a key of the scope "${wanted}"; yours is "${scope}"`)
}

function givenKey({ headers, query }: FastifyRequest, door: DoorKind): string | undefined {
  const bearer = /^Bearer\s+(\S+)\s*$/i.exec(headers.authorization ?? '')?.[1]
  if (bearer !== undefined) return bearer
  const header = headers['x-api-key']
  if (typeof header === 'string') return header
  const inQuery = (query as Record<string, unknown>).key
  return door === 'heartbeat' && typeof inQuery === 'string' ? inQuery : undefined
}

/**
 * Without a key the monitor trusts whoever reaches it, but not the web pages that their browsers happen to show: those
 * come with a foreign Origin, or with a foreign Host if they have bent their own name to this address.
 */
function keylessCheck({ host, publicUrl }: Pick<Config, 'host' | 'publicUrl'>): AccessCheck {
  const own = new Set([host, ...(publicUrl ? [new URL(publicUrl).hostname] : [])])
  const isOwn = (name: string) => own.has(name) || isLoopback(name)
  const isAnyHost = !isLoopback(host)
  return ({ headers }, door) => {
    if (door === 'open') return NOBODY
    if (door === 'heartbeat') return OWNER
    const { origin } = headers
    const originHost = origin === undefined ? undefined : hostOf(origin)
    const requestHost = hostOf(`http://${headers.host ?? ''}`)
    if (originHost !== undefined && !isOwn(originHost) && originHost !== requestHost)
      throw foreign(`the page at ${origin}`)
    if (!isAnyHost && !isOwn(requestHost)) throw foreign(`the address ${headers.host ?? '(none)'}`)
    return OWNER
  }
}

function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).hostname : ''
}

const foreign = (what: string) =>
  new CallerError(
    'FORBIDDEN',
    `${what} is foreign to this monitor, which has no key; set PUBLIC_URL to it, or set API_KEY`,
  )
