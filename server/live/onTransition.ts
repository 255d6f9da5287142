import { tracked } from '@trpc/server'
import { z } from 'zod'
import type { Db } from '../../db/schema.ts'
import { newestTransitionId } from '../../db/transitions.ts'
import type { Deps } from '../deps.ts'
import { serviceKey } from '../input/serviceKey.ts'
import { viewTransition } from '../status/history.ts'
import type { Inbox } from './inbox.ts'
import { lastEventId } from './lastEventId.ts'
import { listen } from './listen.ts'
import { PAGE } from './missed.ts'
import { keyOf } from './ownKey.ts'

export const onTransitionInput = z.strictObject({ serviceKey: serviceKey.optional(), lastEventId })

/** A client that resumes gets at most this many missed transitions, and can read older ones with `history`. */
const MOST_MISSED = 1_000

type Input = z.output<typeof onTransitionInput>
type News = Inbox<'transitions', true>

/** Streams transitions as they are recorded, oldest first. A client that resumes gets those after its last event. */
export async function onTransition(deps: Deps, { serviceKey, lastEventId }: Input, signal?: AbortSignal) {
  const key = await keyOf(deps.db, serviceKey)
  const after = await resumeAfter(deps.db, lastEventId ?? null)
  const inbox: News = listen(deps.feed, signal, ({ put }) => ({ onTransitions: () => put('transitions', true) }))
  return transitionsFrom(deps, { key, after }, inbox)
}

async function* transitionsFrom(
  { missed, iso }: Deps,
  { key, after }: { key: string | undefined; after: number },
  inbox: News,
) {
  try {
    let id = after
    while (true) {
      const rows = await missed.transitionsAfter(id, key)
      for (const row of rows) {
        yield tracked(String(row.id), viewTransition(row, iso))
        id = row.id
      }
      if (rows.length < PAGE) await inbox.take()
    }
  } finally {
    inbox.close()
  }
}

async function resumeAfter(db: Db, lastId: number | null): Promise<number> {
  const newest = await newestTransitionId(db)
  if (lastId === null || lastId > newest) return newest
  return Math.max(lastId, newest - MOST_MISSED)
}
