/** A baseline: the least that tRPC can do for a mutation behind Fastify. */
import { initTRPC } from '@trpc/server'
import { type FastifyTRPCPluginOptions, fastifyTRPCPlugin } from '@trpc/server/adapters/fastify'
import Fastify from 'fastify'

const t = initTRPC.create()
const router = t.router({ empty: t.procedure.mutation(() => ({ status: 'ok' })) })
const options: FastifyTRPCPluginOptions<typeof router> = { prefix: '/trpc', trpcOptions: { router } }

const app = Fastify()
await app.register(fastifyTRPCPlugin, options)
app.get('/ready', async () => ({ status: 'ready' }))
await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) })
