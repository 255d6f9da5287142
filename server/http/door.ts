import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify'
import { CallerError } from '../errors.ts'
import type { AccessCheck, DoorKind } from './access.ts'

/** One address that answers. */
export interface Door {
  method: 'GET' | 'POST' | 'DELETE'
  url: string
  kind: DoorKind
  /** In bytes, where it is not that of the server. */
  bodyLimit?: number
  handle: (request: FastifyRequest, reply: FastifyReply) => unknown
}

const ALL_METHODS: HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** Opens doors, and tells those who come with another method which ones an address takes. */
export function openDoors(app: FastifyInstance, doors: readonly Door[], check: AccessCheck): void {
  for (const [url, its] of Map.groupBy(doors, (door) => door.url)) {
    const allowed = its.flatMap(methodsOf)
    for (const door of its) openDoor(app, door, check)
    app.route({
      method: ALL_METHODS.filter((other) => !allowed.includes(other)),
      url,
      handler: async (request, reply) => refuseMethod(request, reply, allowed),
    })
  }
}

const methodsOf = ({ method }: Door): HTTPMethods[] => (method === 'GET' ? ['GET', 'HEAD'] : [method])

function openDoor(app: FastifyInstance, door: Door, check: AccessCheck): void {
  const { url, kind, bodyLimit, handle } = door
  app.route({
    method: methodsOf(door),
    url,
    exposeHeadRoute: false,
    ...(bodyLimit === undefined ? {} : { bodyLimit }),
    onRequest: async (request: FastifyRequest) => {
      await check(request, kind)
    },
    handler: async (request, reply) => handle(request, reply),
  })
}

export function refuseMethod({ method }: FastifyRequest, reply: FastifyReply, allowed: readonly HTTPMethods[]): never {
  reply.header('Allow', allowed.join(', '))
  throw new CallerError('METHOD_NOT_SUPPORTED', `${method} is not possible here; use ${allowed.join(' or ')}`)
}
