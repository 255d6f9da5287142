import { createTRPCClient, httpBatchLink, type TRPCClient } from '@trpc/client'
import { type ClientOptions, env } from './options.ts'
import type { AppRouter } from './router.ts'

/** The most calls that the monitor takes in one request. */
const LARGEST_BATCH = 100

/** The typed API of a monitor, as `createClient` makes it. */
export type Client = TRPCClient<AppRouter>

/**
 * Makes a typed tRPC client of a monitor's whole API. Calls in the same tick share one request. `options.fetch` replaces
 * the global `fetch`, e.g. to add a timeout.
 *
 * Unlike the other functions its calls throw: a `TRPCClientError`, if the monitor refuses or cannot be reached.
 *
 * @example
 * const stillbeat = createClient({ url: 'https://stillbeat.example.org', key: '…' })
 * await stillbeat.heartbeat.mutate({ serviceKey: 'my-service' })
 */
export function createClient(options: ClientOptions & { fetch?: typeof globalThis.fetch } = {}): Client {
  const { url, headers } = endpointOf(options)
  const { fetch } = options
  return createTRPCClient<AppRouter>({
    links: [httpBatchLink({ url: `${url}/trpc`, headers, maxItems: LARGEST_BATCH, ...(fetch ? { fetch } : {}) })],
  })
}

export interface Endpoint {
  /** The address without credentials and without a slash at its end. */
  url: string
  headers: Record<string, string>
  /** What must not be logged. */
  secrets: string[]
}

/** Reads where requests go. `fetch` refuses an address with a user and a password, so those become a header. */
export function endpointOf(options: ClientOptions): Endpoint {
  const given = (options.url || env('SERVICE_REGISTRY_URL') || 'http://127.0.0.1:8765').trim()
  const key = (options.key ?? env('SERVICE_REGISTRY_KEY') ?? '').trim()
  const [, scheme = '', user, rest = given] = /^(\w+:\/\/)(?:([^/?#]*)@)?(.*)$/s.exec(given) ?? []
  const url = (scheme + rest).replace(/\/+$/, '')
  if (user === undefined) {
    return { url, headers: key ? { authorization: `Bearer ${key}` } : {}, secrets: key ? [key] : [] }
  }
  const basic = { authorization: `Basic ${btoa(decode(user))}` }
  return { url, headers: key ? { ...basic, 'x-api-key': key } : basic, secrets: [key, user].filter(Boolean) }
}

/** Turns text into bytes as characters, since `btoa` takes no others. */
function decode(user: string): string {
  try {
    return String.fromCharCode(...new TextEncoder().encode(decodeURIComponent(user)))
  } catch {
    return user.replace(/[^\0-\xff]/g, '?')
  }
}
