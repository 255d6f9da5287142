import { initTRPC, TRPCError } from '@trpc/server'
import { ZodError } from 'zod'
import type { Deps } from './deps.ts'
import { callerErrorOf, sentenceOf } from './errors.ts'

interface Context {
  deps: Deps
}

const t = initTRPC.context<Context>().create({
  isDev: false,
  errorFormatter: ({ shape, error }) =>
    error.cause instanceof ZodError ? { ...shape, message: sentenceOf(error.cause) } : shape,
})

export const router = t.router

/** Says of every error only what is meant for the caller. */
export const procedure = t.procedure.use(async ({ ctx, path, next }) => {
  const result = await next()
  if (result.ok || result.error.code !== 'INTERNAL_SERVER_ERROR') return result
  const { code, message } = callerErrorOf(result.error.cause)
  if (code === 'INTERNAL_SERVER_ERROR') ctx.deps.log.error({ err: result.error.cause, path }, 'a procedure failed')
  throw new TRPCError({ code, message })
})
