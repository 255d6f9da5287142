import type { inferRouterOutputs } from '@trpc/server'
import type { AppRouter } from '../client/index.ts'

/** The type of what each procedure of the API returns. */
export type RouterOutputs = inferRouterOutputs<AppRouter>
