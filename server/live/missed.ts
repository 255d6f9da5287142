import { findServicesById, servicesHeardSince } from '../../db/services.ts'
import { type TransitionRow, transitionsAfter } from '../../db/transitions.ts'
import type { Ground } from '../ground.ts'
import { viewContext } from '../status/view.ts'
import { newsOf, type ServiceNews } from './news.ts'
import { createPacer, createSharedReads } from './pacer.ts'

/** What clients have missed while they were away (replay). However many come back at once, they share what is read. */
export interface Missed {
  /** The services that were heard since then, as they are now, the last one first. */
  servicesSince(ms: number): AsyncIterable<ServiceNews>
  /** A page of the transitions after this id, of one service or all. */
  transitionsAfter(id: number, key: string | undefined): Promise<TransitionRow[]>
}

export const PAGE = 100
/** After so many events a client lets others go on, so that heartbeats wait for none of them. */
const EVENTS_IN_ONE_GO = 50
/** Clients that came back together ask for the same page at about the same time. */
const PAGES_KEPT = 4

/** One list of what was heard, shared by the clients that asked for it while it waited to be read. */
interface Round {
  /** The last one first. */
  heard: { id: number; heardAt: number }[]
  pages: Map<number, Promise<Map<number, ServiceNews>>>
}

export function createMissed(deps: Pick<Ground, 'db' | 'clock' | 'config' | 'ledger' | 'iso'>): Missed {
  const { db } = deps
  const pace = createPacer()
  let since = Number.POSITIVE_INFINITY

  const begunRound = createSharedReads(async (_all: 'all'): Promise<Round> => {
    const sinceMs = since
    since = Number.POSITIVE_INFINITY
    return { heard: await servicesHeardSince(db, sinceMs), pages: new Map() }
  })

  const transitions = createSharedReads((asked: string) => {
    const [id, key]: [number, string | null] = JSON.parse(asked)
    return transitionsAfter(db, { id, key: key ?? undefined, limit: PAGE })
  })

  const readPage = createSharedReads(async (ids: string): Promise<Map<number, ServiceNews>> => {
    const rows = await findServicesById(db, JSON.parse(ids))
    const context = viewContext(deps)
    return new Map(rows.map((row) => [row.id, newsOf(row, context)]))
  })

  function pageOf({ heard, pages }: Round, first: number): Promise<Map<number, ServiceNews>> {
    const known = pages.get(first)
    if (known) return known
    const ids = heard.slice(first, first + PAGE).map(({ id }) => id)
    const page = readPage(JSON.stringify(ids))
    pages.set(first, page)
    for (const old of [...pages.keys()].slice(0, -PAGES_KEPT)) pages.delete(old)
    return page
  }

  return {
    async *servicesSince(ms) {
      since = Math.min(since, ms)
      const round = await begunRound('all')
      // Others in this round may have been away for longer.
      const wanted = round.heard.findLastIndex(({ heardAt }) => heardAt >= ms) + 1
      for (let first = 0; first < wanted; first += PAGE) {
        const page = await pageOf(round, first)
        for (const [index, { id }] of round.heard.slice(first, Math.min(first + PAGE, wanted)).entries()) {
          if (index % EVENTS_IN_ONE_GO === 0) await pace()
          const news = page.get(id)
          if (news) yield news
        }
      }
    },
    transitionsAfter: (id, key) => transitions(JSON.stringify([id, key ?? null])),
  }
}
