import { TRPCClientError } from '@trpc/client'

/** Why a heartbeat or a signal was not stored, as `onError` gets it. */
export class DeliveryError extends Error {
  override name = 'DeliveryError'
  /** The HTTP status, if there was an answer. */
  readonly status: number | undefined
  /** Whether a repetition would be refused too. */
  readonly permanent: boolean
  /** How long the monitor asks to be left alone. */
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

/** Any error of a request, in our words. */
export function failureOf(error: unknown): DeliveryError {
  if (error instanceof DeliveryError) return error
  if (!(error instanceof TRPCClientError)) return new DeliveryError(reasonOf(error), { cause: error })
  if (error.cause instanceof DeliveryError) return error.cause
  const response = error.meta?.response
  const status = statusOf(error.data) ?? (response instanceof Response ? response.status : undefined)
  const retryAfterMs = response instanceof Response ? retryAfterOf(response) : 0
  if (status === undefined) return new DeliveryError(reasonOf(error.cause ?? error), unreachable(error))
  const message = error.shape ? error.message : rawMessage(error.meta?.responseJSON)
  return new DeliveryError(message ?? `it answered ${status}`, { status, retryAfterMs, cause: error })
}

/** An address that no repetition makes better. */
function unreachable({ cause }: Error): DeliveryDetails {
  const code = codeOf(cause) ?? codeOf((cause as Error | undefined)?.cause)
  return { permanent: code === 'ERR_INVALID_URL', cause }
}

/** An answer that does not come from a monitor, but from what stands before it or in its place. */
export function strangeAnswer(response: Response): DeliveryError {
  const type = response.headers.get('content-type') ?? 'nothing'
  return new DeliveryError(`it answered ${response.status} with ${type.split(';')[0]}`, {
    status: response.status,
    retryAfterMs: retryAfterOf(response),
  })
}

const LONGEST_RETRY_AFTER_MS = 600_000

/** In seconds, or as a date. */
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

/** `{"error":{"message"}}`, as the doors beside tRPC answer. */
function rawMessage(json: unknown): string | undefined {
  const message = (json as { error?: { message?: unknown } } | null | undefined)?.error?.message
  return typeof message === 'string' ? message : undefined
}

/** "fetch failed" has the reason one level down. */
function reasonOf(error: unknown): string {
  const { cause, message } = error as Error
  if (!(cause instanceof Error)) return message || String(error)
  return cause.message || codeOf(cause) || message
}

function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code
  return typeof code === 'string' ? code : undefined
}
