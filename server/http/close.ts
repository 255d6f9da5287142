import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'

/** How long requests under way may take to finish. */
const GRACE_MS = 5_000
/** How long the refusals of the remaining requests may take to be sent. */
const REFUSALS_MS = 500

/**
 * Closes the HTTP server gracefully: it accepts no connections, and waits for the requests under way. After a timeout
 * `refuseRest` answers those that wait to be stored with 503, and then all connections are cut.
 */
export async function closeDoors(http: FastifyInstance, refuseRest: () => void): Promise<void> {
  const closed = once(http.server, 'close')
  // `close` ends only the connections that are idle at that moment; one that becomes idle later would stay open.
  const idle = setInterval(() => http.server.closeIdleConnections(), 50)
  const ended = new AbortController()
  const giveUp = async () => {
    await sleep(GRACE_MS, undefined, { signal: ended.signal })
    refuseRest()
    await sleep(REFUSALS_MS, undefined, { signal: ended.signal })
    http.server.closeAllConnections()
  }
  giveUp().catch(() => {})
  await Promise.all([http.close(), closed])
  clearInterval(idle)
  ended.abort()
}
