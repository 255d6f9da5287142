import type { Service } from '../live/answers.ts'
import { shownStatus } from '../parts/shown.ts'
import { needsAttention, type Remarks } from './attention.ts'
import type { Filter, Order } from './filter.ts'

/** One line of the overview. A line that has not changed stays the same object, so it is not drawn again. */
export type Line =
  | { kind: 'heading'; title: string; about: 'attention' | 'group' | 'rest'; count: number; words: string }
  | { kind: 'service'; serviceKey: string; remark: string | null }

export function arrange(services: readonly Service[], remarks: Remarks, filter: Filter, now: number): Line[] {
  const shown = services.filter((service) => isShown(service, filter)).sort(comparing(filter))
  const [urgent, others] = split(shown, (service) => needsAttention(service, remarks, now))
  if (filter.order === 'name') urgent.sort(byUrgency)
  const lines = section('attention', 'Needs attention', urgent, remarks)
  if (filter.order !== 'name') return [...lines, ...section('rest', 'All others', others, remarks)]
  for (const [group, members] of groupsOf(others)) {
    lines.push(...section(group === null ? 'rest' : 'group', group ?? 'Without a group', members, remarks))
  }
  return lines
}

function isShown(service: Service, { search, status, group }: Filter): boolean {
  if (status !== null && !(status === 'paused' ? service.paused : service.status === status)) return false
  if (group !== null && service.group !== group) return false
  const wanted = search.trim().toLowerCase()
  const text = `${service.displayName} ${service.serviceKey} ${service.group ?? ''}`.toLowerCase()
  return wanted.split(/\s+/).every((word) => text.includes(word))
}

const { compare } = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })

const byName = (a: Service, b: Service) => compare(a.displayName, b.displayName) || compare(a.serviceKey, b.serviceKey)

const severity = ['down', 'dead', 'unknown', 'alive', 'paused']

/** Orders by severity, then the latest change first. */
const byUrgency = (a: Service, b: Service) =>
  severity.indexOf(shownStatus(a)) - severity.indexOf(shownStatus(b)) ||
  Date.parse(b.statusSince) - Date.parse(a.statusSince)

/** The values to order by. Services without a value come last in both directions. */
const values: Record<Exclude<Order, 'name'>, (service: Service) => number | null> = {
  status: (service) => severity.indexOf(shownStatus(service)),
  heard: ({ lastHeartbeat }) => (lastHeartbeat === null ? null : -Date.parse(lastHeartbeat)),
  rhythm: ({ medianIntervalSeconds }) => medianIntervalSeconds,
  deadline: ({ deadline }) => (deadline === null ? null : Date.parse(deadline)),
}

function comparing({ order, backwards }: Filter): (a: Service, b: Service) => number {
  const sign = backwards ? -1 : 1
  if (order === 'name') return (a, b) => sign * byName(a, b)
  const value = values[order]
  return (a, b) => {
    const [one, other] = [value(a), value(b)]
    if (one === null || other === null) return Number(one === null) - Number(other === null) || byName(a, b)
    return sign * (one - other) || byName(a, b)
  }
}

function split<T>(all: readonly T[], isFirst: (one: T) => boolean): [T[], T[]] {
  const groups = Map.groupBy(all, isFirst)
  return [groups.get(true) ?? [], groups.get(false) ?? []]
}

/** Groups by name, services without a group last. */
function groupsOf(services: readonly Service[]): [string | null, Service[]][] {
  const groups = [...Map.groupBy(services, ({ group }) => group)]
  return groups.sort(([a], [b]) => (a === null ? 1 : b === null ? -1 : compare(a, b)))
}

function section(about: 'attention' | 'group' | 'rest', title: string, services: Service[], remarks: Remarks): Line[] {
  if (services.length === 0) return []
  return [
    { kind: 'heading', title, about, count: services.length, words: countWords(services) },
    ...services.map(
      ({ serviceKey }): Line => ({ kind: 'service', serviceKey, remark: remarks.get(serviceKey) ?? null }),
    ),
  ]
}

function countWords(services: readonly Service[]): string {
  const counts = Map.groupBy(services, shownStatus)
  return severity
    .flatMap((status) => {
      const count = counts.get(status as never)?.length
      return count ? `${count} ${status}` : []
    })
    .join(', ')
}
