import { createTRPCClient, httpBatchLink, httpLink, splitLink } from '@trpc/client'
import { type Client, type Endpoint, endpointOf } from './client.ts'
import { type DeliveryError, unexpectedAnswer } from './failure.ts'
import type { ClientOptions } from './options.ts'
import { createReporter, type Reporter } from './reportOnce.ts'
import type { AppRouter } from './router.ts'

/** The connection to one monitor with one key, shared by all calls: its client, its backoff and its log. */
export interface Line {
  endpoint: Endpoint
  api: Client
  reporter: Reporter
  /** When the next attempt may be made; `null` if that would be after `until`. */
  nextTryAt(until: number): number | null
  /** Whether it failed lately, and is not tried now. */
  isBackingOff(): boolean
  failed(error: DeliveryError): void
  succeeded(): void
}

const lines = new Map<string, Line>()

export function lineOf(options: ClientOptions): Line {
  const endpoint = endpointOf(options)
  const id = JSON.stringify([endpoint.url, endpoint.headers])
  const known = lines.get(id)
  if (known) return known
  const line = createLine(endpoint)
  lines.set(id, line)
  return line
}

const FIRST_BACKOFF_MS = 1_000
const LONGEST_BACKOFF_MS = 15_000

function createLine(endpoint: Endpoint): Line {
  let failures = 0
  /** The end of the backoff. An attempt that would be the last one may be made before. */
  let backoffUntil = 0
  /** The moment up to which the monitor asked not to be called (`Retry-After`). */
  let notBefore = 0

  return {
    endpoint,
    api: createApi(endpoint),
    reporter: createReporter(endpoint),
    nextTryAt(until) {
      const at = Math.max(performance.now(), notBefore, Math.min(backoffUntil, until))
      return at > until && at > performance.now() ? null : at
    },
    isBackingOff: () => performance.now() < Math.max(backoffUntil, notBefore),
    failed({ permanent, retryAfterMs }) {
      const now = performance.now()
      if (retryAfterMs > 0) notBefore = Math.max(notBefore, now + retryAfterMs * (1 + Math.random() / 5))
      // Attempts that fail during the backoff count as one failure.
      if (permanent || now < backoffUntil) return
      const backoffMs = Math.min(FIRST_BACKOFF_MS * 2 ** failures++, LONGEST_BACKOFF_MS)
      backoffUntil = now + backoffMs * (0.5 + Math.random() / 2)
    },
    succeeded() {
      failures = 0
      backoffUntil = 0
      notBefore = 0
    },
  }
}

/** Calls in a batch, and characters of each: such a batch stays below the monitor's limit of 64 KiB in any alphabet. */
const LARGEST_BATCH = 30
const LONGEST_BATCHED = 600

function createApi({ url, headers }: Endpoint): Client {
  const link = { url: `${url}/trpc`, headers, fetch: fetchJson }
  return createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: ({ input }) => JSON.stringify(input).length > LONGEST_BATCHED,
        true: httpLink(link),
        false: httpBatchLink({ ...link, maxItems: LARGEST_BATCH }),
      }),
    ],
  })
}

const fetchJson: typeof fetch = async (input, init) => {
  const response = await fetch(input, init)
  if (response.headers.get('content-type')?.includes('json')) return response
  await response.body?.cancel()
  throw unexpectedAnswer(response)
}
