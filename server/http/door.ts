import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify'
import { ConfigError } from '../config.ts'
import { CallerError } from '../errors.ts'
import type { Caller } from '../keys/caller.ts'
import type { AccessCheck, DoorKind } from './access/access.ts'
import { headersOfHeartbeat, PREFLIGHT } from './headers.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The caller, as the access check of the door found it. */
    caller: Caller
  }
}

/** An HTTP route: one method of one address. */
export interface Door {
  method: 'GET' | 'POST' | 'DELETE'
  url: string
  /** Which access check comes before it. */
  kind: DoorKind
  /** In bytes; by default that of the server. */
  bodyLimit?: number
  /** A further check, which comes before the body is read. It throws to refuse. */
  before?: (request: FastifyRequest) => void
  handle: (request: FastifyRequest, reply: FastifyReply) => unknown
  /** The name of the setting that holds its address, if people choose the address. */
  setting?: string
}

/** What comes before each handler: the access check and common headers. */
interface Gate {
  check: AccessCheck
  /** The headers of every answer, except that of an accepted heartbeat. */
  headers: Record<string, string>
}

const ALL_METHODS: HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** Throws ConfigError if a door with a chosen address begins with the same path segment as one of `others`. */
export function refuseTaken(doors: readonly Door[], others: readonly string[]): void {
  const taken = new Set(others.map(firstSegment))
  for (const { setting, url } of doors) {
    if (setting === undefined || !taken.has(firstSegment(url))) continue
    throw new ConfigError(
      `${setting} must have a path of its own, and Stillbeat itself answers at /${firstSegment(url)}; choose another`,
    )
  }
}

const firstSegment = (url: string) => url.split('/')[1] ?? ''

/** Registers doors as routes. Other methods of their addresses get 405 with `Allow`, or answer a CORS preflight. */
export function openDoors(app: FastifyInstance, doors: readonly Door[], gate: Gate): void {
  app.decorateRequest('caller')
  for (const [url, itsDoors] of Map.groupBy(doors, (door) => door.url)) {
    const allowed = itsDoors.flatMap(methodsOf)
    const allowsAnyOrigin = itsDoors.some(({ kind }) => kind === 'heartbeat')
    for (const door of itsDoors) openDoor(app, door, gate)
    app.route({
      method: ALL_METHODS.filter((other) => !allowed.includes(other)),
      url,
      // Before any body is read.
      onRequest: async (request, reply) =>
        allowsAnyOrigin && request.method === 'OPTIONS'
          ? answerPreflight(reply, allowed)
          : refuseMethod(request, reply, allowed),
      handler: async () => {},
    })
  }
}

/** Refuses unknown addresses before any body is read. */
export function refuseUnknown(app: FastifyInstance, refusal: CallerError): void {
  app.addHook('onRequest', async ({ is404 }) => {
    if (is404) throw refusal
  })
  app.setNotFoundHandler(() => {
    throw refusal
  })
}

const methodsOf = ({ method }: Door): HTTPMethods[] => (method === 'GET' ? ['GET', 'HEAD'] : [method])

function openDoor(app: FastifyInstance, door: Door, { check, headers }: Gate): void {
  const { url, kind, bodyLimit, before, handle } = door
  app.route({
    method: methodsOf(door),
    url,
    exposeHeadRoute: false,
    ...(bodyLimit === undefined ? {} : { bodyLimit }),
    onRequest: async (request: FastifyRequest, reply: FastifyReply) => {
      reply.headers(kind === 'heartbeat' ? headersOfHeartbeat(request.headers.origin) : headers)
      request.caller = await check(request, kind)
      before?.(request)
    },
    handler: async (request, reply) => handle(request, reply),
  })
}

const answerPreflight = (reply: FastifyReply, allowed: readonly HTTPMethods[]) =>
  reply
    .code(204)
    .headers({ ...PREFLIGHT, 'Access-Control-Allow-Methods': allowed.join(', ') })
    .send()

export function refuseMethod({ method }: FastifyRequest, reply: FastifyReply, allowed: readonly HTTPMethods[]): never {
  reply.header('Allow', allowed.join(', '))
  throw new CallerError('method_not_supported', `${method} is not possible here; use ${allowed.join(' or ')}`)
}
