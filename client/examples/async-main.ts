/**
 * An async main function, with heartbeats while it runs: they end with it, however it ends.
 * Start: SERVICE_REGISTRY_URL=http://127.0.0.1:8765 npx node client/examples/async-main.ts
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { heartbeatForAsync } from '@stillbeat/client'

const periodSeconds = Number(process.env.PERIOD_SECONDS || 300)
const workSeconds = Number(process.env.WORK_SECONDS || 10)

async function main(seconds: number): Promise<string> {
  await sleep(seconds * 1000)
  return 'done'
}

console.log(`async main: ${await heartbeatForAsync('example-async-main', { periodSeconds })(main)(workSeconds)}`)
