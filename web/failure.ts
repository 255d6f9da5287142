import { TRPCClientError } from '@trpc/client'

const codeOf = (error: unknown): string | undefined => {
  const data: unknown = error instanceof TRPCClientError ? error.data : undefined
  const code = (data as { code?: unknown } | null | undefined)?.code
  return typeof code === 'string' ? code : undefined
}

export const isSignedOut = (error: unknown) => codeOf(error) === 'UNAUTHORIZED'

export const isNotFound = (error: unknown) => codeOf(error) === 'NOT_FOUND'

/** Nobody answered, or somebody who could not just then: the same question may be answered later. */
export function isPassing(error: unknown): boolean {
  const code = codeOf(error)
  return code === undefined || code === 'SERVICE_UNAVAILABLE' || code === 'TOO_MANY_REQUESTS' || code === 'TIMEOUT'
}

/** What a person is told of it. */
export function sentenceOf(error: unknown): string {
  if (codeOf(error) === undefined) return 'the server does not answer'
  return error instanceof Error ? error.message : String(error)
}
