import type { FastifyRequest } from 'fastify'
import { CallerError } from '../../errors.ts'

/** Throws 403 if the page of another site uses the session cookie (cross-site request forgery). */
export function refuseForeignPage({ headers }: FastifyRequest, publicUrl: string | undefined): void {
  const { origin, host } = headers
  const site = headers['sec-fetch-site']
  const isOwn =
    site === undefined
      ? origin === undefined || origin === originOf(publicUrl) || hostOf(origin) === host
      : site === 'same-origin' || site === 'none'
  if (isOwn) return
  throw new CallerError(
    'foreign_page',
    `the page at ${origin ?? 'another site'} is foreign to this monitor; if it is its own, set PUBLIC_URL to its address`,
  )
}

const originOf = (url: string | undefined) => url && new URL(url).origin

const hostOf = (origin: string) => (URL.canParse(origin) ? new URL(origin).host : '')
