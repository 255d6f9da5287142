import { z } from 'zod'
import { findAliases } from '../../db/aliases.ts'
import { listMetadata, type MetadataRow } from '../../db/metadata.ts'
import type { Json } from '../../db/schema.ts'
import type { FullServiceRow } from '../../db/serviceRows.ts'
import { findServicesById, listServices } from '../../db/services.ts'
import type { Deps } from '../deps.ts'
import { noSuchService } from '../errors.ts'
import { serviceKey } from '../input/serviceKey.ts'
import { cursorOfKey, keyOfCursor } from '../status/cursor.ts'
import { theService } from '../status/list.ts'
import { displayName } from '../status/names.ts'
import { inSeconds } from '../text/time.ts'

export const getInput = z.strictObject({ serviceKey })

export const listInput = z.strictObject({
  group: z.string().optional(),
  limit: z.int().min(1).max(1_000).default(1_000),
  /** Where the page begins: after this key. */
  after: z.string().optional(),
  cursor: z.string().max(1_100).optional(),
})

/** Bytes of metadata in one answer. What is beyond comes with the next page. */
const MOST_METADATA = 1_000_000

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
  const [metadata] = await listMetadata(deps.db, [row.id], { mostBytes: MOST_METADATA })
  if (!metadata) throw noSuchService(input.serviceKey)
  return settingsOf(row, metadata, { aliases: aliases.get(row.id), iso: deps.iso })
}

/** Lists the settings of services in the order of their keys. */
export async function listSettings(
  { db, clock, iso }: Deps,
  { group, limit, after, cursor }: z.output<typeof listInput>,
): Promise<{ services: ServiceSettings[]; nextCursor: string | null }> {
  const begin = cursor === undefined ? after : keyOfCursor(cursor)
  const page = await listServices(db, { group, dueBy: clock.now() }, { after: begin, limit })
  const ids = page.map(({ id }) => id)
  const found = await listMetadata(db, ids, { mostBytes: MOST_METADATA })
  const shown = found.map(({ id }) => id)
  const aliases = await findAliases(db, shown)
  const rows = new Map((await findServicesById(db, shown)).map((row) => [row.id, row]))
  const services = found.flatMap((metadata) => {
    const row = rows.get(metadata.id)
    return row ? settingsOf(row, metadata, { aliases: aliases.get(row.id), iso }) : []
  })
  const last = page.find(({ id }) => id === shown.at(-1)) ?? page.at(-1)
  const isCut = last !== undefined && (last !== page.at(-1) || page.length === limit)
  return { services, nextCursor: isCut ? cursorOfKey(last.key) : null }
}

function settingsOf(
  row: FullServiceRow,
  { metadata, lastMetadata }: MetadataRow,
  { aliases = [], iso }: { aliases: string[] | undefined; iso: Deps['iso'] },
): ServiceSettings {
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
    metadata,
    lastMetadata,
    paused: row.paused_at !== null,
    registeredAt: iso(row.created_at),
  }
}
