/**
 * A main function that keeps the processor busy for ever: its heartbeats come from a worker thread, so it does not stop them.
 * Start: SERVICE_REGISTRY_URL=http://127.0.0.1:8765 npx node client/examples/sync-main.ts; Ctrl-C ends it.
 */
import { heartbeatForSync } from '@stillbeat/client'

const periodSeconds = Number(process.env.PERIOD_SECONDS || 300)

function main(first: number): never {
  for (let number = first; ; number += 1) {
    if (isPerfect(number)) console.log(`sync main: ${number} is perfect`)
  }
}

function isPerfect(number: number): boolean {
  let sum = 0
  for (let divisor = 1; divisor < number; divisor += 1) if (number % divisor === 0) sum += divisor
  return sum === number
}

heartbeatForSync('example-sync-main', { periodSeconds })(main)(2)
