import { type FastifyTRPCPluginOptions, fastifyTRPCPlugin } from '@trpc/server/adapters/fastify'
import type { FastifyInstance } from 'fastify'
import type { Deps } from '../deps.ts'
import type { Caller, Scope } from '../keys/caller.ts'
import { type AppRouter, appRouter } from '../router.ts'
import { type AccessCheck, refuseBelow } from './access.ts'
import { refuseMethod } from './door.ts'

const METHODS = ['GET', 'HEAD', 'POST'] as const

/** The typed API under `/trpc`. */
export async function openTrpc(app: FastifyInstance, deps: Deps, check: AccessCheck): Promise<void> {
  const options: FastifyTRPCPluginOptions<AppRouter> = {
    prefix: '/trpc',
    trpcOptions: {
      // It streams multipart bodies past the limit that Fastify has for the others.
      maxBodySize: app.initialConfig.bodyLimit,
      router: appRouter,
      createContext: ({ req }) => {
        let checked: Promise<Caller> | undefined
        const admit = async (scope: Scope) => {
          checked ??= (async () => check(req, 'ping'))()
          const caller = await checked
          refuseBelow(scope, caller)
          return caller
        }
        return { deps, admit }
      },
    },
  }
  await app.register(async (scope) => {
    scope.addHook('onRequest', async (request, reply) => {
      if (!METHODS.some((method) => method === request.method)) refuseMethod(request, reply, METHODS)
    })
    await scope.register(fastifyTRPCPlugin, options)
  })
}
