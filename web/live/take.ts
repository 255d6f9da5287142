import { queryClient, trpc } from '../api.ts'
import { noteServerTime } from '../time/serverClock.ts'
import type { ServiceNews } from './answers.ts'
import { withNews, withStrips } from './merge.ts'
import { aboutService, aboutTransitions, allServices, allStrips } from './queries.ts'

/** Puts what was heard of services where every view finds it. */
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
    // Of one that was removed, only whether it is there.
    const questions = service ? aboutService(serviceKey) : [trpc.explain.queryKey({ serviceKey })]
    for (const queryKey of questions) refresh(queryKey)
  }
}

export function takeTransition(): void {
  for (const queryKey of aboutTransitions()) refresh(queryKey)
}

/** Asks again for what is on the screen; what is not is asked for when it is. */
function refresh(queryKey: readonly unknown[]): void {
  queryClient.invalidateQueries({ queryKey }, { cancelRefetch: false })
}
