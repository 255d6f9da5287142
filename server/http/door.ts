import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify'
import { ConfigError } from '../config.ts'
import { CallerError } from '../errors.ts'
import type { Caller } from '../keys/caller.ts'
import type { AccessCheck, DoorKind } from './access/access.ts'
import { headersOfHeartbeat, PREFLIGHT } from './headers.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks at a door. */
    caller: Caller
  }
}

/** One address that answers. */
export interface Door {
  method: 'GET' | 'POST' | 'DELETE'
  url: string
  kind: DoorKind
  /** In bytes, where it is not that of the server. */
  bodyLimit?: number
  handle: (request: FastifyRequest, reply: FastifyReply) => unknown
  /** The setting that says its address, where people choose it. */
  setting?: string
}

interface Gate {
  check: AccessCheck
  /** What every answer says, but for accepted heartbeats. */
  headers: Record<string, string>
}

const ALL_METHODS: HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** Throws for a door whose address people chose, where the server itself answers below the same first name. */
export function refuseTaken(doors: readonly Door[], others: readonly string[]): void {
  const taken = new Set(others.map(firstName))
  for (const { setting, url } of doors) {
    if (setting === undefined || !taken.has(firstName(url))) continue
    throw new ConfigError(
      `${setting} must have a path of its own, and Stillbeat itself answers at /${firstName(url)}; e.g. https://stillbeat.example.org/telegram`,
    )
  }
}

const firstName = (url: string) => url.split('/')[1] ?? ''

/** Opens doors, and tells those who come with another method which ones an address takes. */
export function openDoors(app: FastifyInstance, doors: readonly Door[], gate: Gate): void {
  app.decorateRequest('caller')
  for (const [url, its] of Map.groupBy(doors, (door) => door.url)) {
    const allowed = its.flatMap(methodsOf)
    const isForAnyPage = its.some(({ kind }) => kind === 'heartbeat')
    for (const door of its) openDoor(app, door, gate)
    app.route({
      method: ALL_METHODS.filter((other) => !allowed.includes(other)),
      url,
      handler: async (request, reply) =>
        isForAnyPage && request.method === 'OPTIONS'
          ? answerPreflight(reply, allowed)
          : refuseMethod(request, reply, allowed),
    })
  }
}

const methodsOf = ({ method }: Door): HTTPMethods[] => (method === 'GET' ? ['GET', 'HEAD'] : [method])

function openDoor(app: FastifyInstance, door: Door, { check, headers }: Gate): void {
  const { url, kind, bodyLimit, handle } = door
  app.route({
    method: methodsOf(door),
    url,
    exposeHeadRoute: false,
    ...(bodyLimit === undefined ? {} : { bodyLimit }),
    onRequest: async (request: FastifyRequest, reply: FastifyReply) => {
      reply.headers(kind === 'heartbeat' ? headersOfHeartbeat(request.headers.origin) : headers)
      request.caller = await check(request, kind)
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
