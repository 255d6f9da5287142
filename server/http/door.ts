import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify'
import { CallerError } from '../errors.ts'
import type { AccessCheck, DoorKind } from './access.ts'

/** One address that answers. */
export interface Door {
  method: 'GET' | 'POST'
  url: string
  kind: DoorKind
  handle: (request: FastifyRequest, reply: FastifyReply) => unknown
}

const ALL_METHODS: HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** Opens a door, and tells those who come with another method which one it takes. */
export function openDoor(app: FastifyInstance, { method, url, kind, handle }: Door, check: AccessCheck): void {
  const allowed: HTTPMethods[] = method === 'GET' ? ['GET', 'HEAD'] : [method]
  const onRequest = async (request: FastifyRequest) => check(request, kind)
  app.route({
    method: allowed,
    url,
    exposeHeadRoute: false,
    onRequest,
    handler: async (request, reply) => handle(request, reply),
  })
  app.route({
    method: ALL_METHODS.filter((other) => !allowed.includes(other)),
    url,
    handler: async (request, reply) => refuseMethod(request, reply, allowed),
  })
}

export function refuseMethod({ method }: FastifyRequest, reply: FastifyReply, allowed: readonly HTTPMethods[]): never {
  reply.header('Allow', allowed.join(', '))
  throw new CallerError('METHOD_NOT_SUPPORTED', `${method} is not possible here; use ${allowed.join(' or ')}`)
}
