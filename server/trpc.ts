import { initTRPC, TRPCError } from '@trpc/server'
import { ZodError } from 'zod'
import { HOUR_MS } from '../db/units.ts'
import type { Deps } from './deps.ts'
import { CallerError, callerErrorOf } from './errors.ts'
import { fieldOf, sentenceOf } from './input/sentence.ts'
import type { Caller, Scope } from './keys/caller.ts'
import { pulledAhead } from './live/pulledAhead.ts'
import type { Reason } from './reasons.ts'

interface Context {
  deps: Deps
  /** Throws for a caller who lacks a key or a session of this scope. */
  admit: (scope: Scope) => Promise<Caller>
  /** Throws for who asks too fast. */
  admitAnybody: () => Promise<void>
  /** Answers a call once it has a turn; throws if there is no room for its answer. */
  inTurn: <T extends { ok: boolean }>(call: () => Promise<T>) => Promise<T>
}

/** So that a page notices within a minute that it hears nothing only because the line is dead. */
const PING_EVERY_MS = 15_000
const RECONNECT_AFTER_MS = 40_000
/** Then the page connects anew, and is asked again whether it is signed in. */
const CONNECTION_MS = HOUR_MS

const t = initTRPC.context<Context>().create({
  isDev: false,
  sse: {
    ping: { enabled: true, intervalMs: PING_EVERY_MS },
    client: { reconnectAfterInactivityMs: RECONNECT_AFTER_MS },
    maxDurationMs: CONNECTION_MS,
  },
  errorFormatter({ shape, error }) {
    const { message = shape.message, ...why } = explained(error)
    return { ...shape, message, data: { ...shape.data, ...why } }
  },
})

/** What programs are told of an error beside its code, and people instead of tRPC's own words. */
interface Explained {
  reason: Reason
  /** The field of the input that is wrong, where one is. */
  field?: string | undefined
  message?: string
}

function explained({ code, cause }: TRPCError): Explained {
  if (cause instanceof CallerError) return { reason: cause.reason }
  if (cause instanceof ZodError) return { reason: 'invalid_input', field: fieldOf(cause), message: sentenceOf(cause) }
  // The parser's own message quotes the text, in which there may be a key.
  if (cause instanceof SyntaxError) return { reason: 'invalid_json', message: 'the input is not valid JSON' }
  return { reason: REASONS_OF_TRPC[code] ?? 'invalid_request' }
}

/** The reasons of errors that tRPC finds by itself. */
const REASONS_OF_TRPC: { [code in TRPCError['code']]?: Reason } = {
  NOT_FOUND: 'no_such_address',
  METHOD_NOT_SUPPORTED: 'method_not_supported',
  PAYLOAD_TOO_LARGE: 'body_too_large',
  INTERNAL_SERVER_ERROR: 'internal_error',
}

export const router = t.router

/** Says of every error only what is meant for the caller. */
const procedure = t.procedure.use(async ({ ctx, path, next }) => {
  const result = await next()
  if (result.ok || result.error.code !== 'INTERNAL_SERVER_ERROR') return result
  throw forCaller(result.error.cause, ctx, path)
})

/** Streams of events take no turns, since they do not end. */
const inTurn = t.middleware(({ ctx, type, next }) => (type === 'subscription' ? next() : ctx.inTurn(next)))

/** Open to everybody. */
export const openProcedure = procedure
  .use(async ({ ctx, next }) => {
    await ctx.admitAnybody()
    return next()
  })
  .use(inTurn)

const procedureOf = (scope: Scope) =>
  procedure.use(async ({ ctx, next }) => next({ ctx: { caller: await ctx.admit(scope) } }))

/** Takes heartbeats, which wait for nobody: all that have come share a write. */
export const pingProcedure = procedureOf('ping')
/** Only tells. */
export const readProcedure = procedureOf('read').use(inTurn)
/** Changes something. */
export const adminProcedure = procedureOf('admin').use(inTurn)

/** Says the same of what goes wrong once events are on their way. */
export const events = <T>(ctx: Context & { caller: Caller }, path: string, iterable: AsyncIterable<T>) =>
  pulledAhead(eventsForCaller(ctx, path, iterable))

async function* eventsForCaller<T>(
  ctx: Context & { caller: Caller },
  path: string,
  iterable: AsyncIterable<T>,
): AsyncGenerator<T, void> {
  const { keyId } = ctx.caller
  try {
    for await (const event of iterable) {
      if (keyId !== null && !(await ctx.deps.keyring.get(keyId))) throw revoked()
      yield event
    }
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw forCaller(error, ctx, path)
  }
}

const revoked = () => new CallerError('key_revoked', 'this key has been revoked')

function forCaller(error: unknown, { deps }: Context, path: string): TRPCError {
  const cause = callerErrorOf(error)
  const { code, message } = cause
  if (code === 'INTERNAL_SERVER_ERROR') deps.log.error({ err: error, path }, 'a procedure failed')
  return new TRPCError({ code, message, cause })
}
