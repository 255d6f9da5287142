import type { FastifyRequest } from 'fastify'
import { type Config, isLoopback } from '../../config.ts'
import { CallerError } from '../../errors.ts'

/**
 * Without a key the monitor trusts whoever reaches it, but not the web pages that their browsers happen to show: those
 * come with a foreign Origin, or with a foreign Host if they have bent their own name to this address.
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
