import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Deps } from '../../deps.ts'
import { badRequest } from '../../errors.ts'
import { type Caller, OWNER } from '../../keys/caller.ts'
import type { Sessions } from '../../session/sessions.ts'
import { type Access, admitted } from '../access/access.ts'
import { refuseForeignPage } from '../access/origin.ts'
import { sessionToken, setSessionCookie } from '../access/sessionCookie.ts'
import { bodyFields } from '../body.ts'
import type { Door } from '../door.ts'

/** In bytes: room for a key. Strangers may send it, and each has it in memory until it is whole. */
const LARGEST_SIGN_IN = 4 * 1024

/** `/session`: GET says whether this browser is signed in, POST signs in with a key, DELETE signs out. */
export function sessionDoors({ config }: Deps, sessions: Sessions | null, checkKey: Access['signIn']): Door[] {
  const { publicUrl } = config

  async function show(request: FastifyRequest, reply: FastifyReply) {
    if (!sessions) return view(OWNER)
    const token = sessionToken(request)
    if (token === undefined) return view(undefined)
    const viewer = await sessions.find(token)
    if (viewer) setSessionCookie(request, reply, { token, publicUrl })
    return view(viewer)
  }

  async function signIn(request: FastifyRequest, reply: FastifyReply) {
    refuseForeignPage(request, publicUrl)
    if (!sessions) return view(OWNER)
    const { key } = bodyFields(request)
    if (typeof key !== 'string') throw badRequest('key is required, e.g. {"key":"<API_KEY>"}')
    const viewer = admitted(await checkKey(request, key), 'read')
    setSessionCookie(request, reply, { token: await sessions.begin(viewer), publicUrl })
    return view(viewer)
  }

  async function signOut(request: FastifyRequest, reply: FastifyReply) {
    refuseForeignPage(request, publicUrl)
    const token = sessionToken(request)
    if (token !== undefined) await sessions?.end(token)
    setSessionCookie(request, reply, { token: null, publicUrl })
    return view(sessions ? undefined : OWNER)
  }

  const view = (viewer: Caller | undefined) => ({
    signed_in: viewer !== undefined,
    key_needed: sessions !== null,
    scope: viewer?.scope ?? null,
  })

  const door = { url: '/session', kind: 'open', bodyLimit: LARGEST_SIGN_IN } as const
  return [
    { ...door, method: 'GET', handle: show },
    { ...door, method: 'POST', handle: signIn },
    { ...door, method: 'DELETE', handle: signOut },
  ]
}
