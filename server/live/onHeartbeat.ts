import { tracked } from '@trpc/server'
import { z } from 'zod'
import { findService } from '../../db/services.ts'
import type { Deps } from '../deps.ts'
import { serviceKey } from '../input/serviceKey.ts'
import { viewContext } from '../status/view.ts'
import type { Inbox } from './inbox.ts'
import { lastEventId } from './lastEventId.ts'
import { listen } from './listen.ts'
import { newsOf, type ServiceNews } from './news.ts'
import { keyOf } from './ownKey.ts'

export const onHeartbeatInput = z.strictObject({ serviceKey: serviceKey.optional(), lastEventId })

/** The id of an event is its time in milliseconds. The clocks of two servers differ by less than this. */
const OVERLAP_MS = 2_000

type Input = z.output<typeof onHeartbeatInput>
type News = Inbox<number, { id: string; news: ServiceNews }>

/** Streams services as they are heard, registered, changed and removed; after a reconnection first the missed ones. */
export async function onHeartbeat(deps: Deps, { serviceKey, lastEventId }: Input, signal?: AbortSignal) {
  const key = await keyOf(deps.db, serviceKey)
  const inbox: News = listen(deps.feed, signal, ({ put }) => ({
    onService: (id, news) => put(id, { id: String(deps.clock.now()), news }),
  }))
  return newsFrom(deps, { key, lastId: lastEventId ?? null }, inbox)
}

interface Asked {
  key: string | undefined
  lastId: number | null
}

async function* newsFrom(deps: Deps, { key, lastId }: Asked, inbox: News) {
  const isAskedFor = (news: ServiceNews) => key === undefined || news.serviceKey === key
  try {
    if (lastId !== null) {
      for await (const news of missedSince(deps, lastId - OVERLAP_MS, key)) yield tracked(String(lastId), news)
    }
    while (true) {
      const { id, news } = await inbox.take()
      if (isAskedFor(news)) yield tracked(id, news)
    }
  } finally {
    inbox.close()
  }
}

async function* missedSince({ db, missed, ...deps }: Deps, sinceMs: number, key: string | undefined) {
  if (key === undefined) return yield* missed.servicesSince(sinceMs)
  const row = await findService(db, key)
  if ((row?.last_heartbeat_at ?? 0) >= sinceMs && row) yield newsOf(row, viewContext(deps))
}
