import { z } from 'zod'
import { findAliases } from '../../db/aliases.ts'
import type { Json } from '../../db/schema.ts'
import type { FullServiceRow } from '../../db/serviceRows.ts'
import { findServices, listServices } from '../../db/services.ts'
import type { Deps } from '../deps.ts'
import { serviceKey } from '../input/serviceKey.ts'
import { theService } from '../status/list.ts'
import { displayName } from '../status/names.ts'
import { inSeconds } from '../text/time.ts'

export const getInput = z.strictObject({ serviceKey })

export const listInput = z.strictObject({
  group: z.string().optional(),
  limit: z.int().min(1).max(1_000).default(1_000),
  /** Where the page begins: after this key, the last of the page before. */
  after: z.string().optional(),
})

/** The settings of a service. Durations are in seconds, times in ISO 8601; `null` where the default applies. */
export interface ServiceSettings {
  serviceKey: string
  displayName: string
  group: string | null
  kind: string | null
  expectedPeriodSeconds: number | null
  /** A cron line. */
  schedule: string | null
  timezone: string | null
  graceSeconds: number | null
  deadAfterSeconds: number | null
  /** The schedule counts only once the service has been heard. */
  sinceFirstHeartbeat: boolean
  /** How long a run may take; `null`: it is learned. */
  maxRunSeconds: number | null
  /** So many failed runs in a row make it down. */
  failuresTolerated: number
  alertsEnabled: boolean
  mutedUntil: string | null
  /** The name that the person who muted it gave. */
  mutedBy: string | null
  aliases: string[]
  metadata: Json
  /** The metadata of the newest heartbeat that had some. */
  lastMetadata: Json
  paused: boolean
  registeredAt: string
}

export async function getSettings(deps: Deps, input: z.output<typeof getInput>): Promise<ServiceSettings> {
  const row = await theService(deps, input.serviceKey)
  const aliases = await findAliases(deps.db, [row.id])
  return settingsOf(row, aliases.get(row.id) ?? [], deps.iso)
}

export async function listSettings(
  deps: Deps,
  input: z.output<typeof listInput>,
): Promise<{ services: ServiceSettings[] }> {
  const filter = { group: input.group, dueBy: deps.clock.now() }
  const page = await listServices(deps.db, filter, { after: input.after, limit: input.limit })
  const keys = page.map(({ key }) => key)
  const rows = new Map((await findServices(deps.db, keys)).map((row) => [row.key, row]))
  const aliases = await findAliases(
    deps.db,
    page.map(({ id }) => id),
  )
  const services = keys.flatMap((key) => rows.get(key) ?? [])
  return { services: services.map((row) => settingsOf(row, aliases.get(row.id) ?? [], deps.iso)) }
}

function settingsOf(row: FullServiceRow, aliases: string[], iso: Deps['iso']): ServiceSettings {
  return {
    serviceKey: row.key,
    displayName: displayName(row),
    group: row.group_name,
    kind: row.kind,
    expectedPeriodSeconds: inSeconds(row.period_ms),
    schedule: row.cron,
    timezone: row.timezone,
    graceSeconds: inSeconds(row.grace_ms),
    deadAfterSeconds: inSeconds(row.dead_after_ms),
    sinceFirstHeartbeat: row.since_first_heartbeat,
    maxRunSeconds: inSeconds(row.max_run_ms),
    failuresTolerated: row.failures_tolerated ?? 1,
    alertsEnabled: row.alerts_enabled,
    mutedUntil: row.muted_until_recovered ? 'recovered' : row.muted_until === null ? null : iso(row.muted_until),
    mutedBy: row.muted_by,
    aliases,
    metadata: row.metadata,
    lastMetadata: row.last_metadata,
    paused: row.paused_at !== null,
    registeredAt: iso(row.created_at),
  }
}
