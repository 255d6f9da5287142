import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server'
import type { AppRouter } from '../../server/router.ts'

export type Outputs = inferRouterOutputs<AppRouter>
export type Inputs = inferRouterInputs<AppRouter>

export type StatusAnswer = Outputs['status']
export type StripsAnswer = Outputs['strips']
export type Service = StatusAnswer['services'][number]
export type Strip = StripsAnswer['strips'][number]
export type Status = Service['status']
export type Transition = Outputs['history']['transitions'][number]
export type UptimePeriod = Outputs['uptime']['periods'][number]

export interface ServiceNews {
  serviceKey: string
  /** `null` when it was removed. */
  service: Service | null
  strip: Strip | null
}
