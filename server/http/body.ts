import type { FastifyInstance, FastifyRequest } from 'fastify'
import { badRequest, CallerError } from '../errors.ts'

/** Takes bodies of any type, or of none, as bytes; each door makes of them what it can. */
export function takeRawBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
}

/** The fields of a JSON or form body; none for another type, whose content is somebody's log. */
export function bodyFields(request: FastifyRequest): Record<string, unknown> {
  const { body, headers } = request
  if (!Buffer.isBuffer(body) || body.length === 0) return {}
  const type = headers['content-type']?.toLowerCase() ?? ''
  const isForm = type.startsWith('application/x-www-form-urlencoded')
  // `curl -d '{…}'` without a header calls its JSON a form.
  const isJson = /\bjson\b/.test(type) || ((isForm || type === '') && body.at(0) === OPEN_BRACE)
  if (!isJson && !isForm) return {}
  refusePacked(request)
  if (isJson) return jsonObject(textOf(body))
  const form = new URLSearchParams(textOf(body))
  const fields: Record<string, unknown> = Object.fromEntries(form)
  const keys = form.getAll('service_key')
  if (keys.length > 1) fields.service_key = keys
  if (typeof fields.metadata === 'string') fields.metadata = parsed(fields.metadata, 'metadata')
  return fields
}

/** Throws 415 for a body that is packed, as by gzip: whatever it becomes when it is unpacked, it has passed no limit. */
export function refusePacked({ headers }: FastifyRequest): void {
  const coding = headers['content-encoding']?.trim().toLowerCase() || 'identity'
  if (coding === 'identity') return
  throw new CallerError(
    'body_packed',
    'the body is packed (Content-Encoding), and none is unpacked here; send it as it is, without that header',
  )
}

const OPEN_BRACE = 0x7b

const utf8 = new TextDecoder('utf-8', { fatal: true })

function textOf(body: Buffer): string {
  try {
    return utf8.decode(body)
  } catch {
    throw badRequest('the body is not valid UTF-8', 'invalid_json')
  }
}

function jsonObject(text: string): Record<string, unknown> {
  const value = parsed(text, 'the body')
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw badRequest('the body must be a JSON object, e.g. {"service_key":"my-service"}', 'invalid_json')
  }
  return value as Record<string, unknown>
}

function parsed(text: string, what: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // What the parser says quotes the text, in which there may be a key.
    throw badRequest(`${what} is not valid JSON`, 'invalid_json')
  }
}
