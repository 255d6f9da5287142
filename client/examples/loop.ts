/**
 * A loop that works through a queue: one heartbeat after every round, so a round that hangs is noticed.
 * Start: SERVICE_REGISTRY_URL=http://127.0.0.1:8765 npx node client/examples/loop.ts; Ctrl-C ends it.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { heartbeat } from '@stillbeat/client'

const periodSeconds = Number(process.env.PERIOD_SECONDS || 300)

const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort())

for (let round = 1; !stopping.signal.aborted; round += 1) {
  console.log(`loop: round ${round}`)
  void heartbeat('example-loop', { metadata: { round } })
  await sleep(periodSeconds * 1000, undefined, { signal: stopping.signal }).catch(() => {})
}
console.log('loop: stopped')
