// Programs as users of the client package might write them.

/** Calls everything correctly. */
export const RIGHT = `import {
  aheartbeat, type ClientOptions, createClient, heartbeat, heartbeatForAsync, heartbeatForSync, job, runWithHeartbeat, setupService,
} from '@stillbeat/client'

const options: ClientOptions = { url: 'http://127.0.0.1:8765', key: 'k' }
const stillbeat = createClient(options)
await stillbeat.heartbeat.mutate({ serviceKey: 'a', metadata: { version: '1.2' } })
await stillbeat.signal.mutate({ serviceKey: 'a', kind: 'success', durationMs: 12 })
const { services, counts } = await stillbeat.status.query({ status: ['down', 'dead'], group: undefined })
const first: 'unknown' | 'alive' | 'down' | 'dead' | undefined = services[0]?.status
const dead: number = counts.dead
await stillbeat.status.query()
const settings = await stillbeat.services.configure.mutate({ serviceKey: 'a', schedule: null })
const aliases: string[] = settings.aliases
const nothing: void = await stillbeat.services.pause.mutate({ serviceKey: 'a' })

const stored: boolean = await heartbeat('a', { metadata: { of: 1 }, timeoutMs: 1_000, onError: (error) => error.message })
await aheartbeat('a', { periodSeconds: 10, signal: AbortSignal.abort() })
const five: number = heartbeatForSync('a')((n: number) => n + 1)(4)
const later: Promise<string> = heartbeatForAsync('a')(async (name: string) => name)('x')
class Worker {
  name = 'w'
  @heartbeatForAsync('a')
  async work(times: number): Promise<string> {
    return this.name.repeat(times)
  }
  @heartbeatForSync('a')
  count(times: number): number {
    return times
  }
}
const worked: string = await new Worker().work(2)
const run: number = await runWithHeartbeat(async () => 1, 'a')
const done: string = await job('a', async () => 'done')
const set = await setupService('a', { expectedPeriodSeconds: 60 })
const grace: number | null | undefined = set?.graceSeconds
export { aliases, dead, done, first, five, grace, later, nothing, run, stored, worked }
`

/** Has one mistake in each line with a comment. */
export const WRONG = `import { createClient, heartbeat, setupService } from '@stillbeat/client'

const stillbeat = createClient()
await stillbeat.heartbeat.mutate({ service: 'a' }) // wrong: a field
await stillbeat.hartbeat.mutate({ serviceKey: 'a' }) // wrong: a procedure
await stillbeat.heartbeats.mutate({ serviceKey: 'a' }) // wrong: a query
await stillbeat.status.query({ status: ['asleep'] }) // wrong: a status
await heartbeat(5) // wrong: a key
await setupService('a', { graceMinutes: 5 }) // wrong: a setting
`

/** Prints the results of its calls. */
export const PLAIN = `import {
  createClient, heartbeat, heartbeatForAsync, heartbeatForSync, job,
} from '@stillbeat/client'

const stored = await heartbeat('plain', { metadata: { of: 'plain.js' } })
const busy = heartbeatForSync('plain-sync', { periodSeconds: 0.2 })(() => {
  const end = Date.now() + 2_000
  while (Date.now() < end);
  return 'done'
})
const sync = busy()
const async = await heartbeatForAsync('plain-async')(async () => 'done')()
const done = await job('plain-job', async () => 'done')
const { services } = await createClient().status.query({ serviceKey: 'plain' })
console.log(JSON.stringify({ version: process.versions.node, stored, sync, async, job: done, status: services[0].status }))
`

/** Compiles only if the built router has the same inputs and outputs as the server's. */
export const SAME = `import type { TRPCClient, TRPCClientErrorLike } from '@trpc/client'
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server'
import type { AppRouter as Ours } from '../server/router.ts'
import type { AppRouter as Built } from './built.d.ts'

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const same: [
  Same<inferRouterInputs<Ours>, inferRouterInputs<Built>>,
  Same<inferRouterOutputs<Ours>, inferRouterOutputs<Built>>,
] = [true, true]
export const built = (client: TRPCClient<Ours>): TRPCClient<Built> => client
export const ours = (client: TRPCClient<Built>): TRPCClient<Ours> => client
export const error = (error: TRPCClientErrorLike<Ours>): TRPCClientErrorLike<Built> => error
export const errorBack = (error: TRPCClientErrorLike<Built>): TRPCClientErrorLike<Ours> => error
`
