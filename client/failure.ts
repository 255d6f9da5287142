import { TRPCClientError } from '@trpc/client'

/** Why a heartbeat or a signal was not stored, as `onError` gets it. */
export class DeliveryError extends Error {
  override name = 'DeliveryError'
  /** The HTTP status; undefined if there was no answer. */
  readonly status: number | undefined
  /** Whether a retry would be refused too, as with a wrong key. */
  readonly permanent: boolean
  /** How long the monitor asks to wait before the next request (`Retry-After`), in milliseconds; 0 if it does not. */
  readonly retryAfterMs: number

  constructor(message: string, { status, permanent, retryAfterMs = 0, cause }: DeliveryDetails = {}) {
    super(message, { cause })
    this.status = status
    this.permanent = permanent ?? (status !== undefined && isRefusal(status))
    this.retryAfterMs = retryAfterMs
  }
}

interface DeliveryDetails {
  status?: number
  permanent?: boolean
  retryAfterMs?: number
  cause?: unknown
}

const isRefusal = (status: number) => status >= 400 && status < 500 && status !== 408 && status !== 429

/** Turns any error of a request into a `DeliveryError`. */
export function toDeliveryError(error: unknown): DeliveryError {
  if (error instanceof DeliveryError) return error
  if (!(error instanceof TRPCClientError)) return new DeliveryError(messageOf(error), { cause: error })
  if (error.cause instanceof DeliveryError) return error.cause
  const response = error.meta?.response
  const status = statusOf(error.data) ?? (response instanceof Response ? response.status : undefined)
  const retryAfterMs = response instanceof Response ? retryAfterOf(response) : 0
  if (status === undefined) return new DeliveryError(messageOf(error.cause ?? error), unreachable(error))
  const message = error.shape ? error.message : rawMessage(error.meta?.responseJSON)
  return new DeliveryError(message ?? `it answered ${status}`, { status, retryAfterMs, cause: error })
}

/** Nothing answered. Only an address that is no URL makes that permanent. */
function unreachable({ cause }: Error): DeliveryDetails {
  const code = codeOf(cause) ?? codeOf((cause as Error | undefined)?.cause)
  return { permanent: code === 'ERR_INVALID_URL', cause }
}

/** An answer that is not JSON: it comes from a proxy, or from something else than a monitor. */
export function unexpectedAnswer(response: Response): DeliveryError {
  const type = response.headers.get('content-type') ?? 'nothing'
  return new DeliveryError(`it answered ${response.status} with ${type.split(';')[0]}`, {
    status: response.status,
    retryAfterMs: retryAfterOf(response),
  })
}

const LONGEST_RETRY_AFTER_MS = 600_000

/** Reads `Retry-After`, which is in seconds or a date. */
function retryAfterOf({ headers }: Response): number {
  const text = headers.get('retry-after')?.trim()
  if (!text) return 0
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now()
  return ms > 0 ? Math.min(ms, LONGEST_RETRY_AFTER_MS) : 0
}

function statusOf(data: unknown): number | undefined {
  const status = (data as { httpStatus?: unknown } | null | undefined)?.httpStatus
  return typeof status === 'number' ? status : undefined
}

/** Reads `{"error":{"message"}}`, which plain HTTP routes answer, so what is refused before tRPC. */
function rawMessage(json: unknown): string | undefined {
  const message = (json as { error?: { message?: unknown } } | null | undefined)?.error?.message
  return typeof message === 'string' ? message : undefined
}

/** The message of an error. `fetch` fails with "fetch failed", and says why only in its `cause`. */
function messageOf(error: unknown): string {
  const { cause, message } = error as Error
  if (!(cause instanceof Error)) return message || String(error)
  return cause.message || codeOf(cause) || message
}

function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code
  return typeof code === 'string' ? code : undefined
}
