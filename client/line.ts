import { createTRPCClient, httpBatchLink, httpLink, splitLink } from '@trpc/client'
import { type Client, type Endpoint, endpointOf } from './client.ts'
import { type DeliveryError, strangeAnswer } from './failure.ts'
import type { ClientOptions } from './options.ts'
import type { AppRouter } from './router.ts'
import { createTroubles, type Troubles } from './trouble.ts'

/** The way to one monitor, shared by all who use it with the same key. */
export interface Line {
  endpoint: Endpoint
  api: Client
  troubles: Troubles
  /** When the next try may be made that has to be made by `until`; `null` if none may. */
  nextTryAt(until: number): number | null
  /** Whether it failed so lately that it is left alone. */
  isResting(): boolean
  failed(failure: DeliveryError): void
  worked(): void
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

const FIRST_REST_MS = 1_000
const LONGEST_REST_MS = 15_000

function createLine(endpoint: Endpoint): Line {
  let failures = 0
  /** A try that would be the last may be made before. */
  let restsUntil = 0
  /** Before this the monitor does not want to be asked. */
  let barredUntil = 0

  return {
    endpoint,
    api: createApi(endpoint),
    troubles: createTroubles(endpoint),
    nextTryAt(until) {
      const at = Math.max(performance.now(), barredUntil, Math.min(restsUntil, until))
      return at > until && at > performance.now() ? null : at
    },
    isResting: () => performance.now() < Math.max(restsUntil, barredUntil),
    failed({ permanent, retryAfterMs }) {
      const now = performance.now()
      if (retryAfterMs > 0) barredUntil = Math.max(barredUntil, now + retryAfterMs * (1 + Math.random() / 5))
      // What failed together failed once.
      if (permanent || now < restsUntil) return
      const restMs = Math.min(FIRST_REST_MS * 2 ** failures++, LONGEST_REST_MS)
      restsUntil = now + restMs * (0.5 + Math.random() / 2)
    },
    worked() {
      failures = 0
      restsUntil = 0
      barredUntil = 0
    },
  }
}

/** Together these stay below the 64 KiB that the monitor takes, whatever the alphabet. */
const MOST_TOGETHER = 30
const LARGEST_TOGETHER = 600

function createApi({ url, headers }: Endpoint): Client {
  const link = { url: `${url}/trpc`, headers, fetch: fetchJson }
  return createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: ({ input }) => JSON.stringify(input).length > LARGEST_TOGETHER,
        true: httpLink(link),
        false: httpBatchLink({ ...link, maxItems: MOST_TOGETHER }),
      }),
    ],
  })
}

const fetchJson: typeof fetch = async (input, init) => {
  const response = await fetch(input, init)
  if (response.headers.get('content-type')?.includes('json')) return response
  await response.body?.cancel()
  throw strangeAnswer(response)
}
