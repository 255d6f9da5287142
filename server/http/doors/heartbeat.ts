import type { FastifyRequest } from 'fastify'
import type { Deps } from '../../deps.ts'
import { badRequest } from '../../errors.ts'
import { heartbeatInput, receiveHeartbeat } from '../../heartbeat/receive.ts'
import { sentenceOf } from '../../input/sentence.ts'
import { bodyFields } from '../body.ts'
import type { Door } from '../door.ts'

/** `POST /heartbeat`, with the service's key in the path, the query, or a JSON or form body. */
export function heartbeatDoors(deps: Deps): Door[] {
  const handle = async (request: FastifyRequest) => {
    const fields = bodyFields(request)
    const input = heartbeatInput.safeParse({ serviceKey: theKey(request, fields), metadata: fields.metadata })
    if (!input.success) throw badRequest(sentenceOf(input.error))
    const { serviceKey, status, timestamp } = await receiveHeartbeat(deps, input.data, request.caller)
    return { status, service_key: serviceKey, timestamp }
  }
  return [
    { method: 'POST', url: '/heartbeat', kind: 'heartbeat', handle },
    { method: 'POST', url: '/heartbeat/:service_key', kind: 'heartbeat', handle },
  ]
}

/** The service's key. Throws 400 if it is missing, or given twice with different values. */
function theKey({ params, query }: FastifyRequest, fields: Record<string, unknown>): unknown {
  const inPath = (params as { service_key?: string }).service_key || undefined
  const inQuery = (query as { service_key?: string | string[] }).service_key
  const inBody = fields.service_key
  if (inBody === undefined && inPath === undefined && typeof inQuery === 'string') return inQuery
  const given = [inPath, inQuery, inBody].flat().filter((key) => key !== undefined)
  const [first, ...others] = given.map((key) => (typeof key === 'string' ? key.trim() : key))
  if (first === undefined) {
    throw badRequest('service_key is required, e.g. POST /heartbeat?service_key=my-service')
  }
  if (others.some((other) => other !== first)) {
    throw badRequest('service_key was given more than once, with different values; give it once')
  }
  return first
}
