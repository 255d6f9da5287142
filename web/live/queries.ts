import { trpc } from '../api.ts'

/** More than this are not shown at once; the server gives no more either. */
const MOST_SERVICES = 10_000

export const allServices = trpc.status.queryOptions({ limit: MOST_SERVICES })
export const allStrips = trpc.strips.queryOptions({ limit: MOST_SERVICES })

const SUMMARY_EVERY_MS = 60_000

/** What no stream tells of, such as messages that do not get through. */
export const summary = { ...trpc.summary.queryOptions(), refetchInterval: SUMMARY_EVERY_MS }

/** What follows from the heartbeats and settings of one service. */
export const aboutService = (serviceKey: string) => [
  trpc.explain.queryKey({ serviceKey }),
  trpc.services.get.queryKey({ serviceKey }),
  trpc.uptime.queryKey({ serviceKey }),
  trpc.heartbeats.queryKey({ serviceKey }),
]

export const aboutTransitions = () => [trpc.history.pathKey(), trpc.summary.queryKey(), trpc.groups.list.queryKey()]
