import type { inferRouterOutputs } from '@trpc/server'
import type { AppRouter } from '../client/index.ts'

/** What each procedure answers. */
export type RouterOutputs = inferRouterOutputs<AppRouter>
