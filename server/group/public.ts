import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import { isPublicGroup } from '../../db/groups.ts'
import { listServicesWithGaps } from '../../db/services.ts'
import { CallerError } from '../errors.ts'
import type { Ground } from '../ground.ts'
import { countStatus, type StatusCounts } from '../status/list.ts'
import { stripOf } from '../status/strip.ts'
import type { UptimePeriod } from '../status/uptime.ts'
import { uptimesOf } from '../status/uptimes.ts'
import { type ServiceStatus, view, viewContext } from '../status/view.ts'

export const publicGroupInput = z.strictObject({ group: z.string() })

/** What everybody may see of a service: not its key, its settings or its metadata. */
export interface PublicService extends Pick<ServiceStatus, 'status' | 'paused' | 'statusSince' | 'lastHeartbeat'> {
  name: string
  /** Newest first, at most 30. */
  gapsSeconds: number[]
  limitSeconds: number | null
  periods: UptimePeriod[]
}

export interface PublicGroup {
  group: string
  now: string
  counts: StatusCounts
  /** Sorted by name. */
  services: PublicService[]
}

const MOST_SERVICES = 500
/** How long an answer is cached, so that many viewers cost the database no more than one. */
const CACHE_TTL_MS = 10_000
const GROUPS_CACHED = 10

type PublicDeps = Pick<Ground, 'db' | 'clock' | 'config' | 'ledger' | 'iso'>

/** The public groups, as anybody sees them without a key. Answers are cached. */
export interface PublicGroups {
  show(group: string): Promise<PublicGroup>
}

export function createPublicGroups(deps: PublicDeps): PublicGroups {
  const cache = new LRUCache<string, { at: number; shown: Promise<PublicGroup> }>({ max: GROUPS_CACHED })
  return {
    async show(group) {
      if (!(await isPublicGroup(deps.db, group))) {
        throw new CallerError('no_such_group', 'there is no public page of a group by this name')
      }
      const now = deps.clock.now()
      const last = cache.get(group)
      if (last && Math.abs(now - last.at) < CACHE_TTL_MS) return last.shown
      const shown = collect(deps, group)
      cache.set(group, { at: now, shown })
      shown.catch(() => cache.delete(group))
      return shown
    },
  }
}

async function collect(deps: PublicDeps, group: string): Promise<PublicGroup> {
  const context = viewContext(deps)
  const rows = await listServicesWithGaps(deps.db, { group }, { limit: MOST_SERVICES })
  const uptimes = await uptimesOf(deps, rows)
  const services = rows.map((row) => {
    const { displayName: name, status, paused, statusSince, lastHeartbeat } = view(row, context)
    const { gapsSeconds, limitSeconds } = stripOf(row, context)
    const periods = uptimes.get(row.id) ?? []
    return { name, status, paused, statusSince, lastHeartbeat, gapsSeconds, limitSeconds, periods }
  })
  return {
    group,
    now: deps.iso(context.now),
    counts: await countStatus(deps, { group }),
    services: services.sort((a, b) => a.name.localeCompare(b.name)),
  }
}
