import type { ServiceNews, StatusAnswer, StripsAnswer } from './answers.ts'

type All = ReadonlyMap<string, ServiceNews>

/** Merges news into an answer. Services without news stay the same objects; new ones are sorted in by key. */
export function withNews(answer: StatusAnswer, news: All): StatusAnswer {
  const services = merged(answer.services, news, ({ service }) => service)
  return { ...answer, services, counts: answer.nextCursor === null ? countsOf(services) : answer.counts }
}

export function withStrips(answer: StripsAnswer, news: All): StripsAnswer {
  return { ...answer, strips: merged(answer.strips, news, ({ strip }) => strip) }
}

function merged<T extends { serviceKey: string }>(known: T[], news: All, pick: (news: ServiceNews) => T | null): T[] {
  const unseen = new Map(news)
  const kept = known.flatMap((one) => {
    const heard = unseen.get(one.serviceKey)
    unseen.delete(one.serviceKey)
    return heard ? (pick(heard) ?? []) : one
  })
  const added = [...unseen.values()].flatMap((heard) => pick(heard) ?? [])
  if (added.length === 0) return kept
  return [...kept, ...added].sort((a, b) => (a.serviceKey < b.serviceKey ? -1 : 1))
}

function countsOf(services: StatusAnswer['services']): StatusAnswer['counts'] {
  const counts = { unknown: 0, alive: 0, down: 0, dead: 0, paused: 0 }
  for (const { status, paused } of services) {
    counts[status] += 1
    if (paused) counts.paused += 1
  }
  return counts
}
