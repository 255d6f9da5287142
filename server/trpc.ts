import { initTRPC, TRPCError } from '@trpc/server'
import { ZodError } from 'zod'
import { HOUR_MS } from '../db/units.ts'
import type { Deps } from './deps.ts'
import { CallerError, callerErrorOf } from './errors.ts'
import { fieldOf, hasUnknownField, sentenceOf } from './input/sentence.ts'
import type { Caller, Scope } from './keys/caller.ts'
import { pulledAhead } from './live/pulledAhead.ts'
import type { OpenStream } from './live/streams.ts'
import type { Reason } from './reasons.ts'

interface Context {
  deps: Deps
  /** The caller's address. */
  address: string
  /** Throws 401 or 403 unless the caller has a key or a session of this scope, and 429 beyond the rate limit. */
  admit: (scope: Scope) => Promise<Caller>
  /** Admits everybody. Throws 429 beyond the rate limit. */
  admitAnybody: () => Promise<void>
  /** Runs a call when the semaphore gives it a turn. Throws if that takes too long, or its batch answers too much. */
  inTurn: <T extends { ok: boolean }>(call: () => Promise<T>) => Promise<T>
}

/** A keep-alive for streams: a page that gets neither event nor ping for `RECONNECT_AFTER_MS` connects again. */
const PING_EVERY_MS = 15_000
const RECONNECT_AFTER_MS = 40_000
/** A stream is ended after this long. The page connects again, and is asked again who it is. */
const CONNECTION_MS = HOUR_MS

const t = initTRPC.context<Context>().create({
  isDev: false,
  sse: {
    ping: { enabled: true, intervalMs: PING_EVERY_MS },
    client: { reconnectAfterInactivityMs: RECONNECT_AFTER_MS },
    maxDurationMs: CONNECTION_MS,
  },
  errorFormatter({ shape, error }) {
    const { message = shape.message, ...details } = detailsOf(error)
    return { ...shape, message, data: { ...shape.data, ...details } }
  },
})

/** What is added to the error that tRPC sends: `reason` and `field` go into its `data`. */
interface ErrorDetails {
  /** The fixed word for programs that says why the call failed, one of `REASONS`. */
  reason: Reason
  /** The name of the input's first wrong field, such as `serviceKey`; absent for other errors. */
  field?: string | undefined
  /** Replaces tRPC's own message. */
  message?: string
}

function detailsOf({ code, cause }: TRPCError): ErrorDetails {
  if (cause instanceof CallerError) return { reason: cause.reason, field: cause.field }
  if (cause instanceof ZodError) {
    const reason = hasUnknownField(cause) ? 'unknown_field' : 'invalid_input'
    return { reason, field: fieldOf(cause), message: sentenceOf(cause) }
  }
  // The parser's own message quotes the input, which may hold an API key.
  if (cause instanceof SyntaxError) return { reason: 'invalid_json', message: 'the input is not valid JSON' }
  // tRPC's own sentence quotes the header, and not to its end.
  if (code === 'UNSUPPORTED_MEDIA_TYPE') return { reason: 'content_type_not_supported', message: WANTS_JSON }
  return { reason: REASONS_OF_TRPC[code] ?? 'invalid_request' }
}

const WANTS_JSON = 'a call is sent as JSON, with the header Content-Type: application/json'

/** The reasons of errors that tRPC raises itself. */
const REASONS_OF_TRPC: { [code in TRPCError['code']]?: Reason } = {
  NOT_FOUND: 'no_such_address',
  METHOD_NOT_SUPPORTED: 'method_not_supported',
  PAYLOAD_TOO_LARGE: 'body_too_large',
  INTERNAL_SERVER_ERROR: 'internal_error',
}

export const router = t.router

/** Turns an error of our code into what the caller may be told. */
const procedure = t.procedure.use(async ({ ctx, path, next }) => {
  const result = await next()
  if (result.ok || result.error.code !== 'INTERNAL_SERVER_ERROR') return result
  throw forCaller(result.error.cause, ctx, path)
})

/** Limits how many calls run at once. Streams of events take no turn, since they do not end. */
const inTurn = t.middleware(({ ctx, type, next }) => (type === 'subscription' ? next() : ctx.inTurn(next)))

/** Needs no key. */
export const openProcedure = procedure
  .use(async ({ ctx, next }) => {
    await ctx.admitAnybody()
    return next()
  })
  .use(inTurn)

const procedureOf = (scope: Scope) =>
  procedure.use(async ({ ctx, next }) => next({ ctx: { caller: await ctx.admit(scope) } }))

/** Takes heartbeats. They take no turn: all that have arrived share one write. */
export const pingProcedure = procedureOf('ping')
/** Reads only. */
export const readProcedure = procedureOf('read').use(inTurn)
/** Changes something other than heartbeats. */
export const adminProcedure = procedureOf('admin').use(inTurn)

interface Subscribed {
  ctx: Context & { caller: Caller }
  signal: AbortSignal | undefined
  path: string
}

/** Opens a stream of events. Its errors are treated like those of a call, and it ends when its caller may not read. */
export async function events<T>(
  { ctx, signal, path }: Subscribed,
  begin: (signal: AbortSignal) => Promise<AsyncIterable<T>>,
) {
  const stream = ctx.deps.streams.open(ctx.caller, ctx.address)
  const isOver = signal ? AbortSignal.any([signal, stream.signal]) : stream.signal
  isOver.addEventListener('abort', stream.close)
  if (isOver.aborted) stream.close()
  try {
    return pulledAhead(eventsForCaller(ctx, path, stream, await begin(isOver)))
  } catch (error) {
    stream.close()
    throw error
  }
}

async function* eventsForCaller<T>(
  ctx: Context,
  path: string,
  { signal, close }: OpenStream,
  iterable: AsyncIterable<T>,
): AsyncGenerator<T, void> {
  try {
    for await (const event of iterable) {
      signal.throwIfAborted()
      yield event
    }
  } catch (error) {
    if (signal.aborted) throw forCaller(signal.reason, ctx, path)
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw forCaller(error, ctx, path)
  } finally {
    close()
  }
}

function forCaller(error: unknown, { deps }: Context, path: string): TRPCError {
  const cause = callerErrorOf(error)
  const { code, message } = cause
  if (code === 'INTERNAL_SERVER_ERROR') deps.log.error({ err: error, path }, 'a procedure failed')
  return new TRPCError({ code, message, cause })
}
