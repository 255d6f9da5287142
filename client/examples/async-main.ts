/**
 * An async main function that runs until it is told to stop, with heartbeats meanwhile: they end with it, however it ends.
 * Start: SERVICE_REGISTRY_URL=http://127.0.0.1:8765 npx node client/examples/async-main.ts; Ctrl-C ends it.
 */
import { setInterval as everyMs } from 'node:timers/promises'
import { heartbeatForAsync } from '@stillbeat/client'

const periodSeconds = Number(process.env.PERIOD_SECONDS || 300)

const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort())

async function main(roundMs: number): Promise<string> {
  let rounds = 0
  for await (const _ of everyMs(roundMs)) {
    rounds += 1
    if (stopping.signal.aborted) break
  }
  return rounds > 0 ? 'stopped' : 'never began'
}

console.log(`async main: ${await heartbeatForAsync('example-async-main', { periodSeconds })(main)(100)}`)
