import type { Server } from 'node:http'
import type { FastifyHttpOptions, FastifyInstance } from 'fastify'
import { limitPipelines } from './pipelining.ts'
import { limitUnsent, type MakeRoom } from './unsent.ts'

/** Timeouts of HTTP, and limits of connections. */
export interface HttpLimits {
  /** A timeout: all headers must have arrived by then. */
  headersMs: number
  /** A timeout: the whole request must have arrived by then. */
  requestMs: number
  /** An idle timeout: closes a connection without a byte in either direction. Streams send pings more often. */
  stalledMs: number
  /** A timeout: closes a connection that takes nothing of its answer for this long. */
  unreadMs: number
  /** How many bytes of answers may wait for clients to take them, in all connections together. */
  unsentBytes: number
  /** How often Node looks for requests beyond `headersMs` and `requestMs`, and how often unsent bytes are looked for. */
  lookEveryMs: number
  /** How many connections may be open. */
  connections: number
  /** How many streams of events may be open. It is far fewer than `connections`, which leaves room for heartbeats. */
  streams: number
  /** How many of them one key may have open, or one address where nobody has a key. The page has two in each tab. */
  streamsPerCaller: number
}

export const HTTP_LIMITS: HttpLimits = {
  headersMs: 10_000,
  requestMs: 30_000,
  stalledMs: 120_000,
  unreadMs: 30_000,
  unsentBytes: 64 * 1024 * 1024,
  lookEveryMs: 1_000,
  connections: 10_000,
  streams: 2_000,
  streamsPerCaller: 200,
}

export const timeoutsOf = ({ headersMs, requestMs, stalledMs, lookEveryMs }: HttpLimits) =>
  ({
    requestTimeout: requestMs,
    connectionTimeout: stalledMs,
    http: { headersTimeout: headersMs, connectionsCheckingInterval: lookEveryMs },
  }) satisfies FastifyHttpOptions<Server>

/** Applies the limits that Fastify has no option for. */
export function limitConnections(app: FastifyInstance, limits: HttpLimits): MakeRoom {
  app.server.maxConnections = limits.connections
  limitPipelines(app)
  return limitUnsent(app, limits)
}
