import { findServicesById } from '../../db/services.ts'
import { newestTransitionId } from '../../db/transitions.ts'
import type { Ground } from '../ground.ts'
import type { Hints } from '../hints.ts'
import { viewContext } from '../status/view.ts'
import { newsOf, removalOf, type ServiceNews } from './news.ts'
import { createOtherServers } from './others.ts'

/** Changes that watchers have not been told of yet. */
export interface Unseen {
  /** Ids of services that changed. */
  touched: Set<number>
  /** The keys of removed services by their ids. */
  removed: Map<number, string>
  /** Other servers may have changed more than their hints said. */
  mayBeMore: boolean
}

/** What one look has found. */
export interface Found {
  /** Whether transitions were recorded since the look before. */
  hasTransitions: boolean
  services: [id: number, news: ServiceNews][]
}

export type LookDeps = Pick<Ground, 'db' | 'clock' | 'config' | 'ledger' | 'iso'> & {
  hints: Hints
  /** Whether this is the only server on the database. */
  isAlone: () => Promise<boolean>
}

/** A rate limit: with two looks a second, watchers are told of at most 200 changes a second. The rest waits. */
const SERVICES_A_LOOK = 100
/** How often the database is polled, without hints. */
export const LOOK_EVERY_MS = 2_000
/** The interval while hints arrive: polling then finds only the changes of a server that died before it sent a hint. */
const LOOK_WHILE_TOLD_EVERY_MS = 15_000

/**
 * Polls for changes: each look reads the services that have changed, on this server by `unseen`, on others by comparing
 * versions. If reading fails, the changes stay in `unseen` for the next look.
 */
export function createLook(deps: LookDeps, unseen: Unseen): () => Promise<Found> {
  const { db, clock, hints } = deps
  const { touched, removed } = unseen
  const others = createOtherServers(db)
  let othersLookedAt = Number.NEGATIVE_INFINITY
  let newestTransition = 0

  async function lookAtOtherServers(): Promise<void> {
    const lookedAgoMs = clock.now() - othersLookedAt
    const everyMs = hints.areHeard() && !unseen.mayBeMore ? LOOK_WHILE_TOLD_EVERY_MS : LOOK_EVERY_MS
    if (lookedAgoMs >= 0 && lookedAgoMs < everyMs) return
    if (await deps.isAlone()) return
    unseen.mayBeMore = false
    const found = await others.look().catch((error) => {
      unseen.mayBeMore = true
      throw error
    })
    othersLookedAt = clock.now()
    for (const id of found.touched) touched.add(id)
    for (const [id, key] of found.removed) removed.set(id, key)
  }

  async function lookAtTouched(): Promise<Found['services']> {
    const ids = [...touched].slice(0, SERVICES_A_LOOK)
    for (const id of ids) touched.delete(id)
    const rows = ids.length === 0 ? [] : await findServicesById(db, ids).catch(giveBack(ids))
    for (const { id, key, version } of rows) others.knows(id, key, version)
    const context = viewContext(deps)
    return rows.map((row) => [row.id, newsOf(row, context)])
  }

  const giveBack = (ids: number[]) => (error: unknown) => {
    for (const id of ids) touched.add(id)
    throw error
  }

  function takeRemoved(): Found['services'] {
    const gone = [...removed]
    removed.clear()
    for (const [id] of gone) others.forget(id)
    return gone.map(([id, key]) => [id, removalOf(key)])
  }

  return async () => {
    await lookAtOtherServers()
    const newest = await newestTransitionId(db)
    const services = [...(await lookAtTouched()), ...takeRemoved()]
    const hasTransitions = newest !== newestTransition
    newestTransition = newest
    return { hasTransitions, services }
  }
}
