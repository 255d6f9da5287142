import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'

const SLOW_MS = 5_000
/** For the answers of those who have been told to try again. */
const FAREWELL_MS = 500

/** Takes no more callers, and waits for those that are here: for a while, and then they are told to come again. */
export async function closeDoors(http: FastifyInstance, refuseThoseWhoWait: () => void): Promise<void> {
  const closed = once(http.server, 'close')
  // Closing ends the connections that are idle in that moment; one that was just between two requests stays.
  const idle = setInterval(() => http.server.closeIdleConnections(), 50)
  const slow = new AbortController()
  const giveUp = async () => {
    await sleep(SLOW_MS, undefined, { signal: slow.signal })
    refuseThoseWhoWait()
    await sleep(FAREWELL_MS, undefined, { signal: slow.signal })
    http.server.closeAllConnections()
  }
  giveUp().catch(() => {})
  await Promise.all([http.close(), closed])
  clearInterval(idle)
  slow.abort()
}
