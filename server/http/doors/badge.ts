import type { FastifyReply, FastifyRequest } from 'fastify'
import { isPublicGroup } from '../../../db/groups.ts'
import type { FullServiceRow } from '../../../db/serviceRows.ts'
import { findService } from '../../../db/services.ts'
import { type BadgeStatus, badgeSvg } from '../../badge/svg.ts'
import type { Deps } from '../../deps.ts'
import { CallerError } from '../../errors.ts'
import { serviceKey } from '../../input/serviceKey.ts'
import { view, viewContext } from '../../status/view.ts'
import { type Access, admitted } from '../access/access.ts'
import type { Door } from '../door.ts'

const HEADERS = {
  'Content-Type': 'image/svg+xml; charset=utf-8',
  'Content-Security-Policy': "default-src 'none'",
  'Cross-Origin-Resource-Policy': 'cross-origin',
  'X-Content-Type-Options': 'nosniff',
}

const NO_NAME = 'service'

/**
 * `GET /badge/<key>.svg`: the status of a service as an image. Everybody sees it if its group is public or API_KEY is
 * not set; otherwise it needs a key or session. Without one, it looks like a service that does not exist.
 */
export function badgeDoor(deps: Deps, identify: Access['identify']): Door {
  async function handle(request: FastifyRequest, reply: FastifyReply): Promise<string> {
    const { label } = request.query as { label?: string | string[] }
    const row = await findByFile(deps, (request.params as { file: string }).file)
    const audience = await audienceOf(request, row)
    const service = row && audience !== 'nobody' ? view(row, viewContext(deps)) : null
    const status: BadgeStatus = service === null ? 'not found' : service.paused ? 'paused' : service.status
    const given = typeof label === 'string' ? label.trim() : ''
    reply.code(service === null ? 404 : 200).headers(HEADERS)
    reply.header('Cache-Control', audience === 'everybody' ? 'public, max-age=60' : 'private, no-cache')
    return badgeSvg(given || (service?.displayName ?? NO_NAME), status)
  }

  async function audienceOf(
    request: FastifyRequest,
    row: FullServiceRow | undefined,
  ): Promise<'everybody' | 'holders of the key' | 'nobody'> {
    // No group is called ''. The query runs also for unknown services, which else would be answered sooner than others.
    if (await isPublicGroup(deps.db, row?.group_name ?? '')) return 'everybody'
    // This runs also for unknown services, so that a caller with a wrong key cannot find out which exist.
    try {
      // The 0 says that the access check of the door has counted the request.
      admitted(await identify(request, 'read', 0), 'read')
      return deps.config.apiKey === undefined ? 'everybody' : 'holders of the key'
    } catch (error) {
      if (error instanceof CallerError && error.code !== 'TOO_MANY_REQUESTS') return 'nobody'
      throw error
    }
  }

  return { method: 'GET', url: '/badge/:file', kind: 'open', handle }
}

async function findByFile({ db }: Deps, file: string): Promise<FullServiceRow | undefined> {
  const key = serviceKey.safeParse(file.replace(/\.svg$/, ''))
  return file.endsWith('.svg') && key.success ? findService(db, key.data) : undefined
}
