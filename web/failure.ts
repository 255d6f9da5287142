import { TRPCClientError } from '@trpc/client'
import type { Reason } from '../server/reasons.ts'

/** A field of what the server tells programs about an error; its message is for people. */
const fieldOf = (error: unknown, name: 'code' | 'reason'): string | undefined => {
  const data: unknown = error instanceof TRPCClientError ? error.data : undefined
  const value = (data as Record<string, unknown> | null | undefined)?.[name]
  return typeof value === 'string' ? value : undefined
}

const codeOf = (error: unknown) => fieldOf(error, 'code')

export const isSignedOut = (error: unknown) => codeOf(error) === 'UNAUTHORIZED'

const reasonOf = (error: unknown) => fieldOf(error, 'reason')

export const isNoSuchService = (error: unknown) => reasonOf(error) === ('no_such_service' satisfies Reason)
export const isNoSuchGroup = (error: unknown) => reasonOf(error) === ('no_such_group' satisfies Reason)

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
