import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Caller } from '../../keys/caller.ts'
import type { Access } from '../access/access.ts'

/** Finds out who makes the calls of a request, once. */
export type CallerOf = (request: FastifyRequest) => Promise<Caller | null>

/**
 * Makes the access check of the typed API. It comes before the body is read, which is left unread if nobody is let in:
 * else strangers could fill the memory with bodies that they never finish.
 */
export function checkBeforeBody(scope: FastifyInstance, identify: Access['identify']): CallerOf {
  const callers = new WeakMap<FastifyRequest, Promise<Caller | null>>()

  const callerOf: CallerOf = (request) => {
    const caller = callers.get(request) ?? identify(request, 'ping', callsOf(request))
    callers.set(request, caller)
    return caller
  }

  scope.addHook('preParsing', async (request, _reply, payload) => {
    if (request.method !== 'POST' || request.headers['content-length'] === '0') return payload
    const isLetIn = await callerOf(request).then(
      (caller) => caller !== null,
      () => false,
    )
    return isLetIn ? payload : noBody(request)
  })
  return callerOf
}

/** How many calls a request has, as tRPC counts them. */
function callsOf({ params, query }: FastifyRequest): number {
  const { batch } = query as { batch?: string | string[] }
  return batch === undefined ? 1 : ((params as { path?: string }).path ?? '').split(',').length
}

/** Stands for a body that is not read. The call is refused before anything looks into it. */
function noBody({ headers }: FastifyRequest): Readable {
  const receivedEncodedLength = Number(headers['content-length'] ?? 2)
  return Object.assign(Readable.from([Buffer.from('{}')], { objectMode: false }), { receivedEncodedLength })
}
