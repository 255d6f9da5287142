import type { FastifyInstance, FastifyRequest } from 'fastify'
import { badRequest, CallerError } from '../errors.ts'

/** Makes Fastify accept a body of any content type as bytes. Each door parses it itself. */
export function takeRawBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
}

/** Parses a JSON or form body. A body of another type has no fields: it may be the output of somebody's job. */
export function bodyFields(request: FastifyRequest): Record<string, unknown> {
  const { body, headers } = request
  if (!Buffer.isBuffer(body) || body.length === 0) return {}
  const type = headers['content-type']?.toLowerCase() ?? ''
  const isForm = type.startsWith('application/x-www-form-urlencoded')
  // `curl -d '{…}'` sends JSON with the content type of a form.
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

/** Throws 415 for a compressed body (gzip): the size limit would not apply to what it becomes when decompressed. */
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
    throw badRequest('the body is not valid UTF-8', 'invalid_request')
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
    // The parser's own message quotes the text, which may hold an API key.
    throw badRequest(`${what} is not valid JSON`, 'invalid_json')
  }
}
