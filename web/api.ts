import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { createTRPCClient, httpLink, httpSubscriptionLink, splitLink } from '@trpc/client'
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query'
import type { AppRouter } from '../server/router.ts'
import { isSignedOut, isTransient } from './failure.ts'
import { onSignedOut } from './session/session.ts'
import { noteServerTime } from './time/serverClock.ts'

const LONGEST_RETRY_MS = 5_000

const onError = (error: Error) => {
  if (isSignedOut(error)) onSignedOut(queryClient)
}

const refetchAfterChange: MutationCache['config']['onSuccess'] = (_data, _variables, _result, { meta }) => {
  if (!meta?.isShownElsewhere) queryClient.invalidateQueries()
}

/** Many answers have a field `now`, the server's time when they were given. */
function noteNow(answer: unknown): void {
  const { now } = (answer ?? {}) as { now?: unknown }
  if (typeof now === 'string') noteServerTime(Date.parse(now))
}

export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError, onSuccess: noteNow }),
  // A change is shown at once, also while the event streams are down.
  mutationCache: new MutationCache({ onError, onSuccess: refetchAfterChange }),
  defaultOptions: {
    queries: {
      // The monitor may be on this machine, which needs no network.
      networkMode: 'always',
      // The event streams tell of changes, so cached answers stay fresh.
      staleTime: 60_000,
      refetchOnWindowFocus: false,
      retry: (_count, error) => isTransient(error),
      retryDelay: (count) => Math.min(500 * 2 ** count, LONGEST_RETRY_MS),
    },
    mutations: { networkMode: 'always', retry: false },
  },
})

export const client = createTRPCClient<AppRouter>({
  links: [
    splitLink({
      condition: ({ type }) => type === 'subscription',
      true: httpSubscriptionLink({ url: '/trpc' }),
      // No batches: a batch is answered only when its slowest call is.
      false: httpLink({ url: '/trpc' }),
    }),
  ],
})

export const trpc = createTRPCOptionsProxy<AppRouter>({ client, queryClient })
