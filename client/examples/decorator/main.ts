/**
 * A class whose methods send heartbeats while they run.
 * Node strips types but does not know decorators yet, so it is compiled first (tsconfig.json beside this file says how):
 * Start: npx tsc -p client/examples/decorator
 *        SERVICE_REGISTRY_URL=http://127.0.0.1:8765 npx node client/examples/decorator/build/main.js
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { heartbeatForAsync, heartbeatForSync } from '@stillbeat/client'

const periodSeconds = Number(process.env.PERIOD_SECONDS || 300)
const workSeconds = Number(process.env.WORK_SECONDS || 10)

class Importer {
  private source: string

  constructor(source: string) {
    this.source = source
  }

  @heartbeatForAsync('example-decorator-fetch', { periodSeconds })
  async fetch(seconds: number): Promise<number[]> {
    await sleep(seconds * 1000)
    return [...this.source].map(Number)
  }

  @heartbeatForSync('example-decorator-add', { periodSeconds })
  add(numbers: number[], seconds: number): number {
    const end = Date.now() + seconds * 1000
    while (Date.now() < end);
    return numbers.reduce((sum, each) => sum + each, 0)
  }
}

const importer = new Importer('123')
const numbers = await importer.fetch(workSeconds)
console.log(`decorator: ${numbers.join(' + ')} = ${importer.add(numbers, workSeconds)}`)
