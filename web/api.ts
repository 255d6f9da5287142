import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { createTRPCClient, httpLink, httpSubscriptionLink, splitLink } from '@trpc/client'
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query'
import type { AppRouter } from '../server/router.ts'
import { isPassing, isSignedOut } from './failure.ts'
import { onSignedOut } from './session/session.ts'
import { noteServerTime } from './time/serverClock.ts'

const LONGEST_RETRY_MS = 5_000

const onError = (error: Error) => {
  if (isSignedOut(error)) onSignedOut(queryClient)
}

const showWhatWasDone: MutationCache['config']['onSuccess'] = (_data, _variables, _result, { meta }) => {
  if (!meta?.isShownElsewhere) queryClient.invalidateQueries()
}

/** Several answers say when they were given. */
function noteNow(answer: unknown): void {
  const { now } = (answer ?? {}) as { now?: unknown }
  if (typeof now === 'string') noteServerTime(Date.parse(now))
}

export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError, onSuccess: noteNow }),
  // What was done shows at once, also while the streams are away.
  mutationCache: new MutationCache({ onError, onSuccess: showWhatWasDone }),
  defaultOptions: {
    queries: {
      // The monitor may be on this very machine, which is reached without a network.
      networkMode: 'always',
      // What changes is told by the streams.
      staleTime: 60_000,
      refetchOnWindowFocus: false,
      retry: (_count, error) => isPassing(error),
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
      // Not in batches, whose answer would wait for the slowest.
      false: httpLink({ url: '/trpc' }),
    }),
  ],
})

export const trpc = createTRPCOptionsProxy<AppRouter>({ client, queryClient })
