import { createTRPCClient, httpBatchLink, type TRPCClient } from '@trpc/client'
import type { AppRouter } from '../server/router.ts'

export interface ClientOptions {
  /** Where the monitor is; by default `SERVICE_REGISTRY_URL`, else `http://127.0.0.1:8765`. */
  url?: string
  /** A key of the monitor; by default `SERVICE_REGISTRY_KEY`, else none. */
  key?: string
}

/**
 * The typed API of a monitor.
 *
 * @example
 * const stillbeat = createClient({ url: 'https://stillbeat.example.org', key: '…' })
 * await stillbeat.heartbeat.mutate({ serviceKey: 'my-service' })
 */
export function createClient({
  url = process.env.SERVICE_REGISTRY_URL || 'http://127.0.0.1:8765',
  key = process.env.SERVICE_REGISTRY_KEY,
}: ClientOptions = {}): TRPCClient<AppRouter> {
  const headers = key ? { authorization: `Bearer ${key}` } : {}
  return createTRPCClient<AppRouter>({ links: [httpBatchLink({ url: `${url.replace(/\/+$/, '')}/trpc`, headers })] })
}
