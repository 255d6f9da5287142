import { harmless } from '../../server/text/words.ts'
import type { Line } from '../answer/listing.ts'
import { byUrgency, inOrder, type Service, urgency } from './about.ts'

/** Sorts services into sections by group. The most urgent section comes first. Without groups there is one section. */
export function sectionsOf(services: readonly Service[]): { title: string | null; members: Service[] }[] {
  const groups = Map.groupBy(services, ({ group }) => group)
  if (groups.size === 1 && groups.has(null)) return [{ title: null, members: services.toSorted(byUrgency) }]
  return [...groups]
    .map(([group, members]) => ({ group, members: members.toSorted(byUrgency) }))
    .sort(
      (a, b) =>
        urgency(a.members[0] as Service) - urgency(b.members[0] as Service) ||
        Number(a.group === null) - Number(b.group === null) ||
        inOrder(a.group ?? '', b.group ?? ''),
    )
    .map(({ group, members }) => ({ title: group === null ? 'No group' : harmless(group), members }))
}

/** The lines of a section. The first line has the heading in it, so that no page ends with a heading alone. */
export function underHeading(title: string | null, [first, ...others]: readonly string[]): Line[] {
  if (first === undefined) return []
  if (title === null) return [first, ...others].map((text) => ({ text }))
  const under = `📁 ${title}`
  return [{ text: `\n${under}\n${first.replace(/^\n/, '')}` }, ...others.map((text) => ({ text, under }))]
}
