import { TRPCClientError } from '@trpc/client'

const codeOf = (error: unknown): string | undefined => {
  const data: unknown = error instanceof TRPCClientError ? error.data : undefined
  const code = (data as { code?: unknown } | null | undefined)?.code
  return typeof code === 'string' ? code : undefined
}

export const isSignedOut = (error: unknown) => codeOf(error) === 'UNAUTHORIZED'

export const isNotFound = (error: unknown) => codeOf(error) === 'NOT_FOUND'

/** Whether a retry may succeed: nobody answered, or the server could not answer just then. */
export function isTransient(error: unknown): boolean {
  const code = codeOf(error)
  return code === undefined || code === 'SERVICE_UNAVAILABLE' || code === 'TOO_MANY_REQUESTS' || code === 'TIMEOUT'
}

/** An error as a sentence for people. */
export function sentenceOf(error: unknown): string {
  if (codeOf(error) === undefined) return 'the server does not answer'
  return error instanceof Error ? error.message : String(error)
}
