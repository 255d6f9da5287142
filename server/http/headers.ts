import type { FastifyInstance } from 'fastify'

const HALF_A_YEAR = 15_552_000

/** What each answer says to browsers, unless its door says otherwise: show it nowhere, run nothing of it, keep nothing. */
export function headersFor(publicUrl: string | undefined): Record<string, string> {
  return {
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
    'Referrer-Policy': 'no-referrer',
    'Cache-Control': 'no-store',
    ...(publicUrl?.startsWith('https:') ? { 'Strict-Transport-Security': `max-age=${HALF_A_YEAR}` } : {}),
  }
}

export function sendHeaders(app: FastifyInstance, headers: Record<string, string>): void {
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(headers)
    done()
  })
}

/** Any page may call such a door and read its answer. */
export const FOR_ANY_PAGE = {
  'Access-Control-Allow-Origin': '*',
  'Cross-Origin-Resource-Policy': 'cross-origin',
}

/** What a browser asks before it lets a page call with a key or with JSON. */
export const PREFLIGHT = {
  'Access-Control-Allow-Headers': 'Authorization, Content-Type, X-Api-Key',
  'Access-Control-Max-Age': '86400',
}
