import { parseCookie, stringifySetCookie } from 'cookie'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { IDLE_DAYS } from '../../session/sessions.ts'

const NAME = 'stillbeat_session'

export function sessionToken({ headers }: FastifyRequest): string | undefined {
  return headers.cookie === undefined ? undefined : parseCookie(headers.cookie)[NAME] || undefined
}

/** Sets the cookie with a session's token; `null` deletes it. Setting it again on each visit keeps it from expiring. */
export function setSessionCookie(
  request: FastifyRequest,
  reply: FastifyReply,
  { token, publicUrl }: { token: string | null; publicUrl: string | undefined },
): void {
  const isSecure = publicUrl?.startsWith('https:') || request.headers['x-forwarded-proto'] === 'https'
  const cookie = stringifySetCookie({
    name: NAME,
    value: token ?? '',
    maxAge: token === null ? 0 : IDLE_DAYS * 86_400,
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    secure: isSecure,
  })
  reply.header('Set-Cookie', cookie)
}
