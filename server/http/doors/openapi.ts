import { z } from 'zod'
import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiResponseObject,
  type ZodOpenApiResponsesObject,
} from 'zod-openapi'
import { metadata } from '../../input/metadata.ts'
import type { Door } from '../door.ts'
import { rawStatus, statusQuery } from './status.ts'

const key = z
  .string()
  .meta({ description: '1–200 characters; the first heartbeat registers it', example: 'my-service' })

const received = z
  .object({ status: z.literal('ok'), service_key: z.string(), timestamp: z.iso.datetime({ offset: true }) })
  .meta({ id: 'Received' })

const error = z
  .object({
    error: z.object({
      code: z.string(),
      reason: z.string().meta({ description: 'A fixed word for programs', example: 'no_such_service' }),
      message: z.string().meta({ description: 'What went wrong, and the cure, for people' }),
    }),
  })
  .meta({ id: 'Refusal' })

const unavailable: ZodOpenApiResponseObject = {
  ...json('The database cannot be reached: nothing is confirmed, and asking again is harmless', error),
  headers: { 'Retry-After': { description: 'Seconds to wait', schema: { type: 'integer' } } },
}

/** `GET /openapi.json`: describes the routes outside tRPC, by the schemas that validate them. */
export function openApiDoor(version: string, publicUrl: string): Door {
  const document = JSON.stringify(describe(version, publicUrl))
  return {
    method: 'GET',
    url: '/openapi.json',
    kind: 'read',
    handle: (_request, reply) => reply.type('application/json; charset=utf-8').send(document),
  }
}

function describe(version: string, publicUrl: string) {
  const body = {
    required: false,
    content: {
      'application/json': { schema: z.object({ service_key: key.optional(), metadata: metadata.optional() }) },
    },
  }
  return createDocument({
    openapi: '3.1.0',
    info: { title: 'Stillbeat', version, license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: publicUrl }],
    security: [{}, { bearer: [] }, { header: [] }],
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        header: { type: 'apiKey', in: 'header', name: 'X-Api-Key' },
      },
    },
    paths: {
      '/heartbeat': {
        post: {
          ...operation('heartbeat', 'Send a heartbeat', json('It is stored', received)),
          requestParams: { query: z.object({ service_key: key.optional() }) },
          requestBody: body,
        },
      },
      '/heartbeat/{service_key}': {
        post: {
          ...operation('heartbeatByPath', 'Send a heartbeat', json('It is stored', received)),
          requestParams: { path: z.object({ service_key: key }) },
          requestBody: body,
        },
      },
      '/status': {
        get: {
          ...operation('status', 'Ask which services are alive', json('All services, or a page of them', rawStatus)),
          requestParams: { query: statusQuery },
        },
      },
      '/health': {
        get: operation('health', 'Is the process up?', json('Yes', z.object({ status: z.literal('ok') })), {}),
      },
      '/ready': { get: operation('ready', 'Is it listening?', json('Yes', z.object({ status: z.literal('ready') }))) },
    },
  })
}

function operation(
  operationId: string,
  summary: string,
  ok: ZodOpenApiResponseObject,
  more: ZodOpenApiResponsesObject = { '503': unavailable },
): ZodOpenApiOperationObject {
  return {
    operationId,
    summary,
    responses: { '200': ok, ...more, default: json('What went wrong, and the cure', error) },
  }
}

function json(description: string, schema: z.ZodType): ZodOpenApiResponseObject {
  return { description, content: { 'application/json': { schema } } }
}
