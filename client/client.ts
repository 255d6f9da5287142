import { createTRPCClient, httpBatchLink, type TRPCClient } from '@trpc/client'
import { type ClientOptions, env } from './options.ts'
import type { AppRouter } from './router.ts'

/** As many calls as the monitor takes in one request. */
const LARGEST_BATCH = 100

/** The typed API of a monitor, as `createClient` makes it. */
export type Client = TRPCClient<AppRouter>

/**
 * The typed API of a monitor. Calls in the same tick share one request.
 * `fetch` may be one of your own, e.g. with a time limit.
 * Unlike the other functions it throws: a `TRPCClientError` for what the monitor refuses or when it cannot be reached.
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
  /** Without credentials and without a slash at its end. */
  url: string
  headers: Record<string, string>
  /** What must not be logged. */
  secrets: string[]
}

/** Where requests go. `fetch` refuses addresses with a user and a password, so those become a header. */
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

/** Of `btoa` only bytes can be had. */
function decode(user: string): string {
  try {
    return String.fromCharCode(...new TextEncoder().encode(decodeURIComponent(user)))
  } catch {
    return user.replace(/[^\0-\xff]/g, '?')
  }
}
