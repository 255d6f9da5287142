import type { FastifyRequest } from 'fastify'
import { type Config, isLoopback } from '../../config.ts'
import { CallerError } from '../../errors.ts'

/**
 * Makes the check for a monitor without API_KEY, which trusts everybody who can reach it, but not the web pages in their
 * browsers. It throws 403 for a foreign Origin (cross-site request), and for a foreign Host (DNS rebinding).
 */
export function keylessCheck({
  host,
  publicUrl,
}: Pick<Config, 'host' | 'publicUrl'>): (request: FastifyRequest) => void {
  const own = new Set([host, ...(publicUrl ? [new URL(publicUrl).hostname] : [])])
  const isOwn = (name: string) => own.has(name) || isLoopback(name)
  const isAnyHost = !isLoopback(host)
  return ({ headers }) => {
    const { origin } = headers
    const originHost = origin === undefined ? undefined : hostOf(origin)
    const requestHost = hostOf(`http://${headers.host ?? ''}`)
    if (originHost !== undefined && !isOwn(originHost) && originHost !== requestHost)
      throw foreign(`the page at ${origin}`)
    if (!isAnyHost && !isOwn(requestHost)) throw foreign(`the address ${headers.host ?? '(none)'}`)
  }
}

function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).hostname : ''
}

const foreign = (what: string) =>
  new CallerError(
    'foreign_page',
    `${what} is foreign to this monitor, which has no key; set PUBLIC_URL to it, or set API_KEY`,
  )
