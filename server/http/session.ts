import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Deps } from '../deps.ts'
import { badRequest, CallerError } from '../errors.ts'
import { createAttempts } from '../session/attempts.ts'
import type { Sessions } from '../session/sessions.ts'
import { bodyFields } from './body.ts'
import type { Door } from './door.ts'
import { createKeyMatch } from './key.ts'
import { refuseForeignPage } from './origin.ts'
import { sessionToken, setSessionCookie } from './sessionCookie.ts'

/** `/session`: is this browser signed in? POST signs in with the key, DELETE signs out. */
export function sessionDoors({ config, clock }: Deps, sessions: Sessions | null): Door[] {
  const { apiKey, publicUrl } = config
  const matches = apiKey === undefined ? null : createKeyMatch(apiKey)
  const attempts = createAttempts(clock)

  async function show(request: FastifyRequest, reply: FastifyReply) {
    if (!sessions) return view(true)
    const token = sessionToken(request)
    const isOpen = token !== undefined && (await sessions.isOpen(token))
    if (isOpen) setSessionCookie(request, reply, { token, publicUrl })
    return view(isOpen)
  }

  async function signIn(request: FastifyRequest, reply: FastifyReply) {
    refuseForeignPage(request, publicUrl)
    if (!sessions || !matches) return view(true)
    const { key } = bodyFields(request)
    if (typeof key !== 'string') throw badRequest('key is required, e.g. {"key":"<API_KEY>"}')
    attempts.allow(request.ip)
    if (!matches(key)) {
      attempts.noteWrong(request.ip)
      throw new CallerError('UNAUTHORIZED', 'this key is not valid here')
    }
    setSessionCookie(request, reply, { token: await sessions.begin(), publicUrl })
    return view(true)
  }

  async function signOut(request: FastifyRequest, reply: FastifyReply) {
    refuseForeignPage(request, publicUrl)
    const token = sessionToken(request)
    if (token !== undefined) await sessions?.end(token)
    setSessionCookie(request, reply, { token: null, publicUrl })
    return view(!sessions)
  }

  const view = (isSignedIn: boolean) => ({
    signed_in: isSignedIn,
    key_needed: sessions !== null,
    scope: isSignedIn ? 'admin' : null,
  })

  const door = { url: '/session', kind: 'open' } as const
  return [
    { ...door, method: 'GET', handle: show },
    { ...door, method: 'POST', handle: signIn },
    { ...door, method: 'DELETE', handle: signOut },
  ]
}
