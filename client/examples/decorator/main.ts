/**
 * A class whose methods run for ever, and send heartbeats meanwhile: an async one, and one that keeps the processor busy.
 * Node strips types but does not know decorators yet, so it is compiled first (tsconfig.json beside this file says how):
 * Start: npx tsc -p client/examples/decorator
 *        SERVICE_REGISTRY_URL=http://127.0.0.1:8765 npx node client/examples/decorator/build/main.js; Ctrl-C ends it.
 *        With BUSY=1 before it, the busy method runs.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { heartbeatForAsync, heartbeatForSync } from '@stillbeat/client'

const periodSeconds = Number(process.env.PERIOD_SECONDS || 300)

class Worker {
  private name: string

  constructor(name: string) {
    this.name = name
  }

  @heartbeatForAsync('example-decorator-async', { periodSeconds })
  async run(): Promise<void> {
    console.log(`decorator: ${this.name} waits for work`)
    for (;;) await sleep(100)
  }

  @heartbeatForSync('example-decorator-sync', { periodSeconds })
  crunch(): void {
    console.log(`decorator: ${this.name} is busy`)
    for (;;);
  }
}

const worker = new Worker('the worker')
if (process.env.BUSY) worker.crunch()
else await worker.run()
