import { queryClient, trpc } from '../api.ts'
import { noteServerTime } from '../time/serverClock.ts'
import type { ServiceNews } from './answers.ts'
import { withNews, withStrips } from './merge.ts'
import { aboutService, aboutTransitions, allServices, allStrips } from './queries.ts'

/** Puts news of services into the cache of queries, from which every view reads. */
export function takeNews(news: ReadonlyMap<string, ServiceNews>): void {
  for (const { service } of news.values()) {
    const { lastHeartbeat, secondsSinceLastHeartbeat } = service ?? {}
    if (lastHeartbeat && secondsSinceLastHeartbeat != null) {
      noteServerTime(Date.parse(lastHeartbeat) + secondsSinceLastHeartbeat * 1_000)
    }
  }
  queryClient.setQueryData(allServices.queryKey, (known) => known && withNews(known, news))
  queryClient.setQueryData(allStrips.queryKey, (known) => known && withStrips(known, news))
  for (const { serviceKey, service } of news.values()) {
    // If the service was removed, only `explain` is asked again, which says that it is gone.
    const questions = service ? aboutService(serviceKey) : [trpc.explain.queryKey({ serviceKey })]
    for (const queryKey of questions) refresh(queryKey)
  }
}

export function takeTransition(): void {
  for (const queryKey of aboutTransitions()) refresh(queryKey)
}

/** Marks a query as stale. It is fetched again now if a view shows it, else when one does. */
function refresh(queryKey: readonly unknown[]): void {
  queryClient.invalidateQueries({ queryKey }, { cancelRefetch: false })
}
