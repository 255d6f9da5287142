import type { Server } from 'node:http'
import type { FastifyHttpOptions, FastifyInstance } from 'fastify'
import { limitPipelines } from './pipeline.ts'

/** How long a caller may take, and how many may be connected. */
export interface HttpLimits {
  /** Until all headers are there. */
  headersMs: number
  /** Until the whole request is there. */
  requestMs: number
  /** In which a connection moves not a byte, in either direction; events are never that far apart. */
  stalledMs: number
  /** How often slow callers are looked for. */
  lookEveryMs: number
  connections: number
  /** How many streams of events may be open; the other connections are left for heartbeats. */
  streams: number
}

export const HTTP_LIMITS: HttpLimits = {
  headersMs: 10_000,
  requestMs: 30_000,
  stalledMs: 120_000,
  lookEveryMs: 1_000,
  connections: 10_000,
  streams: 2_000,
}

export const timeoutsOf = ({ headersMs, requestMs, stalledMs, lookEveryMs }: HttpLimits) =>
  ({
    requestTimeout: requestMs,
    connectionTimeout: stalledMs,
    http: { headersTimeout: headersMs, connectionsCheckingInterval: lookEveryMs },
  }) satisfies FastifyHttpOptions<Server>

/** What is not said to Fastify when it is made. */
export function limitConnections(app: FastifyInstance, { connections }: HttpLimits): void {
  app.server.maxConnections = connections
  limitPipelines(app)
}
