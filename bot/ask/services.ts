import type { NamedService } from '../command.ts'
import type { BotContext } from '../context.ts'
import type { RouterOutputs } from '../outputs.ts'
import { nearestTo } from './nearest.ts'
import { splits, unquote } from './words.ts'

const SERVICES_AT_ONCE = 10_000

/** Fetches all services with their status, page by page. */
export async function allServices({ monitor }: Pick<BotContext, 'monitor'>, filter: { group?: string } = {}) {
  const first = await monitor.status.query({ ...filter, limit: SERVICES_AT_ONCE })
  const services = [...first.services]
  for (let cursor = first.nextCursor; cursor !== null; ) {
    const page = await monitor.status.query({ ...filter, limit: SERVICES_AT_ONCE, cursor })
    services.push(...page.services)
    cursor = page.nextCursor
  }
  return { ...first, services }
}

const SETTINGS_AT_ONCE = 1_000

/** Fetches the settings of all services, page by page. */
export async function allSettings({ monitor }: Pick<BotContext, 'monitor'>, filter: { group?: string } = {}) {
  const settings: RouterOutputs['services']['list']['services'] = []
  for (let cursor: string | undefined; ; ) {
    const { services, nextCursor } = await monitor.services.list.query({
      ...filter,
      limit: SETTINGS_AT_ONCE,
      ...(cursor === undefined ? {} : { cursor }),
    })
    settings.push(...services)
    // An older server gives none.
    if (!nextCursor) return settings
    cursor = nextCursor
  }
}

export interface Meant<T> {
  service: T
  /** What was written after the service. */
  rest: string
}

/**
 * Finds the service that is meant, by its key or its name in any case. Both may have spaces, and other words may follow
 * if the command takes words. If no service fits, or several have that name, it returns the nearest ones.
 */
export function findMeant<T extends NamedService>(
  services: readonly T[],
  words: string,
  takesWords = true,
): Meant<T> | { nearest: Meant<T>[]; isName: boolean } {
  const candidates = candidatesOf(words, takesWords)
  const byKey = new Map(services.map((service) => [service.serviceKey, service]))
  const byName = Map.groupBy(services, ({ displayName }) => plain(displayName))
  const byPlainKey = Map.groupBy(services, ({ serviceKey }) => plain(serviceKey))
  for (const { head, rest } of candidates) {
    const service = byKey.get(head)
    if (service) return { service, rest }
    const called = byName.get(plain(head)) ?? byPlainKey.get(plain(head)) ?? []
    if (called.length > 1) return { nearest: called.map((one) => ({ service: one, rest })), isName: true }
    if (called[0]) return { service: called[0], rest }
  }
  return { nearest: nearest(services, candidates), isName: false }
}

/** Lists what may be the key or name, each with the words that would follow it; the longest comes first. */
export function candidatesOf(words: string, takesWords: boolean): { head: string; rest: string }[] {
  const { quoted, rest } = unquote(words)
  const first = quoted === null ? [] : [{ head: quoted, rest }]
  return [...first, ...splits(words)].filter((one) => takesWords || one.rest === '')
}

const plain = (name: string) => name.trim().toLowerCase()

/** Searches for every reading of the words, and returns what the best one finds. */
function nearest<T extends NamedService>(
  services: readonly T[],
  candidates: readonly { head: string; rest: string }[],
): Meant<T>[] {
  const found = candidates
    .slice(-MOST_READINGS)
    .map(({ head, rest }) => ({ rest, hits: nearestTo(head, services, textsOf) }))
    .filter(({ hits }) => hits.length > 0)
    .sort((a, b) => (a.hits[0]?.score ?? 1) - (b.hits[0]?.score ?? 1))
  return found[0]?.hits.map(({ item }) => ({ service: item, rest: found[0]?.rest ?? '' })) ?? []
}

const MOST_READINGS = 4
const textsOf = ({ serviceKey, displayName }: NamedService) => [serviceKey, displayName]
