/**
 * A main function that keeps the processor busy: its heartbeats come from a worker thread, so it does not stop them.
 * Start: SERVICE_REGISTRY_URL=http://127.0.0.1:8765 npx node client/examples/sync-main.ts
 */
import { heartbeatForSync } from '@stillbeat/client'

const periodSeconds = Number(process.env.PERIOD_SECONDS || 300)
const workSeconds = Number(process.env.WORK_SECONDS || 10)

function main(seconds: number): number {
  const end = Date.now() + seconds * 1000
  let rounds = 0
  while (Date.now() < end) rounds += 1
  return rounds
}

const rounds = heartbeatForSync('example-sync-main', { periodSeconds })(main)(workSeconds)
console.log(`sync main: ${rounds > 0 ? 'done' : 'nothing to do'}`)
