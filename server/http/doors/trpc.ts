import type { TRPCError } from '@trpc/server'
import { type FastifyTRPCPluginOptions, fastifyTRPCPlugin } from '@trpc/server/adapters/fastify'
import type { TRPCRequestInfo } from '@trpc/server/http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Deps } from '../../deps.ts'
import { badRequest, CallerError } from '../../errors.ts'
import type { Scope } from '../../keys/caller.ts'
import { type AppRouter, appRouter } from '../../router.ts'
import { type Access, admitted } from '../access/access.ts'
import { refusePacked } from '../body.ts'
import { refuseMethod } from '../door.ts'
import { createSemaphore, type InTurn, shareTurn, turnUntilLeft } from '../semaphore.ts'
import { type CallerOf, checkBeforeBody } from './trpcCallers.ts'

export const TRPC_PREFIX = '/trpc'

/** Calls in a batch. Our own clients send no larger ones. */
const LARGEST_BATCH = 100
/** Few run at once, since all answers of a batch are held in memory until its last call is answered. */
const BATCHES_AT_ONCE = 2
/** In characters of JSON: about 10,000 services. Once a batch has more, its remaining calls are refused. */
const LARGEST_ANSWERS = 4_000_000
/** What a client accepts that wants the answers to a batch as a stream, in which each waits until it is read. */
const JSONL = 'application/jsonl'
const METHODS = ['GET', 'HEAD', 'POST'] as const

interface Gate {
  access: Access
  /** The headers of every answer. */
  headers: Record<string, string>
  /** The semaphore that limits all calls but heartbeats. */
  questions: InTurn
}

/** The typed API under `/trpc`: registers tRPC's plugin with our access check, semaphores and limits of size. */
export async function openTrpc(
  app: FastifyInstance,
  deps: Deps,
  { access: { identify }, headers, questions }: Gate,
): Promise<void> {
  const batches = createSemaphore(BATCHES_AT_ONCE)
  const streamed = createSemaphore(BATCHES_AT_ONCE)
  const optionsWith = (callerOf: CallerOf): FastifyTRPCPluginOptions<AppRouter> => ({
    prefix: TRPC_PREFIX,
    trpcOptions: {
      // Fastify's limit does not apply to multipart bodies, which tRPC streams itself.
      maxBodySize: app.initialConfig.bodyLimit,
      router: appRouter,
      maxBatchSize: LARGEST_BATCH,
      createContext: ({ req, res, info }) => {
        let anybody: Promise<unknown> | undefined
        return {
          deps,
          address: req.ip,
          async admit(scope: Scope) {
            // The calls of a batch share one access check.
            const who = admitted(await callerOf(req), scope)
            if (req.body) refusePacked(req)
            return who
          },
          async admitAnybody() {
            anybody ??= identify(req, 'open', info.calls.length)
            await anybody
          },
          inTurn: callsInTurn(questions, info.accept === JSONL ? turnUntilLeft(streamed, res.raw) : batches, info),
        }
      },
      responseMeta: ({ errors }) => ({ headers: headersOf(errors) }),
    },
  })
  await app.register(async (scope) => {
    scope.addHook('onRequest', async (request, reply) => {
      reply.headers(headers)
      if (!METHODS.some((method) => method === request.method)) refuseMethod(request, reply, METHODS)
      refuseStrangeHost(request)
    })
    await scope.register(fastifyTRPCPlugin, optionsWith(checkBeforeBody(scope, identify)))
  })
}

/**
 * Makes the `inTurn` of one request. A batch takes one turn of `batches`, in which its calls run one by one, each in a
 * turn of `questions`. Calls are refused once the client has disconnected or the answers are too large.
 */
function callsInTurn(questions: InTurn, batches: InTurn, { calls, accept, signal }: TRPCRequestInfo) {
  const isBatch = calls.length > 1 || accept === JSONL
  const oneByOne = shareTurn(batches)
  const inTurn: InTurn = isBatch ? (work) => oneByOne(() => questions(work)) : questions
  let answered = 0
  return <T extends { ok: boolean }>(call: () => Promise<T>): Promise<T> =>
    inTurn(async () => {
      if (signal.aborted) throw badRequest('nobody waits for this answer any more', 'invalid_request')
      if (answered > LARGEST_ANSWERS) throw tooMuch()
      const result = await call()
      if (isBatch && result.ok) answered += JSON.stringify(result).length
      return result
    })
}

const tooMuch = () =>
  new CallerError(
    'answers_too_large',
    'the answers to this batch are more than fits into one; ask for fewer in a batch, or for less with `limit`',
  )

/** Throws 400 for a Host that is not one: tRPC builds a URL from it, and would answer 500. */
function refuseStrangeHost({ headers: { host = 'localhost' } }: FastifyRequest): void {
  if (/[@/?#\\]/.test(host) || !URL.canParse(`http://${host}`)) {
    throw badRequest('the header Host is no host, e.g. Host: stillbeat.example.org', 'invalid_request')
  }
}

/** The headers that other doors send with an error too. A batch gets the longest `Retry-After` of its errors. */
function headersOf(errors: readonly TRPCError[]): Record<string, string> {
  const causes = errors.map(({ cause }) => cause).filter((cause) => cause instanceof CallerError)
  const waits = causes.flatMap(({ retryAfterSeconds }) => retryAfterSeconds ?? [])
  const codes = new Set(causes.map(({ code }) => code))
  return {
    ...(waits.length > 0 ? { 'Retry-After': String(Math.max(...waits)) } : {}),
    ...(codes.has('UNAUTHORIZED') ? { 'WWW-Authenticate': 'Bearer' } : {}),
    ...(codes.has('UNSUPPORTED_MEDIA_TYPE') ? { 'Accept-Encoding': 'identity' } : {}),
  }
}
