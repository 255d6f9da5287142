import { dueServices } from '../../db/checks.ts'
import { countByGroup, listPublicGroups } from '../../db/groups.ts'
import type { Deps } from '../deps.ts'
import type { StatusCounts } from '../status/list.ts'
import { statusOf, viewContext } from '../status/view.ts'

export interface Group {
  group: string
  /** Whether everybody may see it, without a key. */
  public: boolean
  counts: StatusCounts
}

/** All groups in alphabetical order: those that have services, and public ones without any. */
export async function listGroups(deps: Deps): Promise<{ groups: Group[] }> {
  const context = viewContext(deps)
  const open = new Set(await listPublicGroups(deps.db))
  const groups = new Map<string, Group>()
  const of = (group: string) => {
    const found = groups.get(group) ?? { group, public: open.has(group), counts: none() }
    groups.set(group, found)
    return found
  }
  for (const name of open) of(name)
  for (const { group, status, count, paused } of await countByGroup(deps.db)) {
    const { counts } = of(group)
    counts[status] += count
    counts.paused += paused
  }
  for (const row of await dueServices(deps.db, context.now)) {
    if (row.group_name === null) continue
    const { counts } = of(row.group_name)
    counts[row.status] -= 1
    counts[statusOf(row, context)] += 1
  }
  return { groups: [...groups.values()].sort((a, b) => a.group.localeCompare(b.group)) }
}

const none = (): StatusCounts => ({ unknown: 0, alive: 0, down: 0, dead: 0, paused: 0 })
