import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Deps } from '../../deps.ts'
import { createScrape } from '../../metrics/collect.ts'
import type { Door } from '../door.ts'

/** `GET /metrics`: the metrics that Prometheus scrapes. */
export function metricsDoor(deps: Deps): Door {
  const scrape = createScrape(deps)
  return {
    method: 'GET',
    url: '/metrics',
    kind: 'metrics',
    handle: async (_request: FastifyRequest, reply: FastifyReply) => {
      const { type, text } = await scrape()
      reply.header('Content-Type', type).header('Cache-Control', 'no-store')
      return text
    },
  }
}
