import { createTRPCClient, httpBatchLink } from '@trpc/client'
import type { AppRouter } from '../../server/router.ts'
import type { TestApp } from './app.ts'
import { MINUTE } from './clock.ts'

/** Sends four heartbeats, five minutes apart. Then the rhythm is known, and ten minutes of silence are fine. */
export async function learnFiveMinutes(app: TestApp, ...keys: string[]): Promise<void> {
  for (let beat = 0; beat < 4; beat++) {
    if (beat > 0) await app.clock.advance(5 * MINUTE)
    for (const key of keys) await app.beat(key)
  }
}

/** Sends a heartbeat of each of many services, in batches of a hundred. */
export async function beatAll(app: TestApp, keys: readonly string[]): Promise<void> {
  const client = createTRPCClient<AppRouter>({ links: [httpBatchLink({ url: `${app.url}/trpc`, maxItems: 100 })] })
  await Promise.all(keys.map((serviceKey) => client.heartbeat.mutate({ serviceKey })))
}

/** The transitions of the services, oldest first, such as `worker: alive → down (silence)`. */
export async function transitionsOf(app: TestApp, serviceKey?: string): Promise<string[]> {
  const { transitions } = await app.api.history.query({ serviceKey, limit: 1_000 })
  return transitions.map(({ serviceKey, from, to, reason }) => `${serviceKey}: ${from} → ${to} (${reason})`).reverse()
}

export async function statusOf(app: TestApp, serviceKey: string): Promise<string> {
  const { services } = await app.api.status.query({ serviceKey })
  return services[0]?.status ?? 'none'
}
