import { TRPCClientError } from '@trpc/client'

/** A field of what the server tells programs about an error; its message is for people. */
const fieldOf = (error: unknown, name: 'code' | 'reason'): string | undefined => {
  const data: unknown = error instanceof TRPCClientError ? error.data : undefined
  const value = (data as Record<string, unknown> | null | undefined)?.[name]
  return typeof value === 'string' ? value : undefined
}

const codeOf = (error: unknown) => fieldOf(error, 'code')

export const isSignedOut = (error: unknown) => codeOf(error) === 'UNAUTHORIZED'

/** Whether a service does not exist. An older server gives no reason; then its code has to do. */
export const isNoSuchService = (error: unknown) => {
  const reason = fieldOf(error, 'reason')
  return reason === undefined ? isNotFound(error) : reason === 'no_such_service'
}

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
