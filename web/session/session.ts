import { type QueryClient, queryOptions } from '@tanstack/react-query'

export interface Session {
  signed_in: boolean
  key_needed: boolean
  scope: 'admin' | 'read' | 'ping' | null
}

export const sessionOptions = queryOptions({
  queryKey: ['session'],
  queryFn: () => ask('GET'),
  staleTime: Number.POSITIVE_INFINITY,
  retry: true,
})

export const openSession = (key: string) => ask('POST', { key })

export const closeSession = () => ask('DELETE')

/** Shows the sign-in, since the session has ended elsewhere. */
export function onSignedOut(queryClient: QueryClient): void {
  queryClient.setQueryData<Session>(
    sessionOptions.queryKey,
    (known) => known && { ...known, signed_in: false, scope: null },
  )
}

async function ask(method: string, body?: object): Promise<Session> {
  const init = body ? { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } } : {}
  const response = await fetch('/session', { method, ...init })
  const answer = await response.json()
  if (!response.ok) throw new Error(answer?.error?.message ?? `the server answered ${response.status}`)
  return answer
}
