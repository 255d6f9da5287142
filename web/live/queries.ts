import { trpc } from '../api.ts'

/** The most services that the page shows; the server gives no more in one answer. */
const MOST_SERVICES = 10_000

export const allServices = trpc.status.queryOptions({ limit: MOST_SERVICES })
export const allStrips = trpc.strips.queryOptions({ limit: MOST_SERVICES })

const SUMMARY_EVERY_MS = 60_000

/** Facts that no stream tells of, such as failing deliveries, so they are polled. */
export const summary = { ...trpc.summary.queryOptions(), refetchInterval: SUMMARY_EVERY_MS }

/** The queries to fetch again after news of a service. */
export const aboutService = (serviceKey: string) => [
  trpc.explain.queryKey({ serviceKey }),
  trpc.services.get.queryKey({ serviceKey }),
  trpc.uptime.queryKey({ serviceKey }),
  trpc.heartbeats.queryKey({ serviceKey }),
]

export const aboutTransitions = () => [trpc.history.pathKey(), trpc.summary.queryKey(), trpc.groups.list.queryKey()]
