import type { TRPCError } from '@trpc/server'
import { type FastifyTRPCPluginOptions, fastifyTRPCPlugin } from '@trpc/server/adapters/fastify'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Deps } from '../deps.ts'
import { badRequest, CallerError } from '../errors.ts'
import type { Caller, Scope } from '../keys/caller.ts'
import { type AppRouter, appRouter } from '../router.ts'
import { type Access, admitted } from './access.ts'
import { refusePacked } from './body.ts'
import { refuseMethod } from './door.ts'

/** Programs of ours send no larger ones. */
const LARGEST_BATCH = 100
const METHODS = ['GET', 'HEAD', 'POST'] as const

interface Gate {
  access: Access
  /** What every answer says. */
  headers: Record<string, string>
}

/** The typed API under `/trpc`. */
export async function openTrpc(
  app: FastifyInstance,
  deps: Deps,
  { access: { identify }, headers }: Gate,
): Promise<void> {
  const options: FastifyTRPCPluginOptions<AppRouter> = {
    prefix: '/trpc',
    trpcOptions: {
      // It streams multipart bodies past the limit that Fastify has for the others.
      maxBodySize: app.initialConfig.bodyLimit,
      router: appRouter,
      maxBatchSize: LARGEST_BATCH,
      createContext: ({ req, info }) => {
        let caller: Promise<Caller | null> | undefined
        let stranger: Promise<unknown> | undefined
        return {
          deps,
          async admit(scope: Scope) {
            caller ??= identify(req, 'ping', info.calls.length)
            const who = admitted(await caller, scope)
            if (req.body) refusePacked(req)
            return who
          },
          async admitAnybody() {
            stranger ??= identify(req, 'open', info.calls.length)
            await stranger
          },
        }
      },
      responseMeta: ({ errors }) => ({ headers: headersOf(errors) }),
    },
  }
  await app.register(async (scope) => {
    scope.addHook('onRequest', async (request, reply) => {
      reply.headers(headers)
      if (!METHODS.some((method) => method === request.method)) refuseMethod(request, reply, METHODS)
      refuseStrangeHost(request)
    })
    await scope.register(fastifyTRPCPlugin, options)
  })
}

/** tRPC makes a URL of it, and fails where it cannot. */
function refuseStrangeHost({ headers: { host = 'localhost' } }: FastifyRequest): void {
  if (/[@/?#\\]/.test(host) || !URL.canParse(`http://${host}`)) {
    throw badRequest('the header Host is no host, e.g. Host: stillbeat.example.org')
  }
}

/** The same hints that other doors give with an error. */
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
