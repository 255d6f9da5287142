import { targetStates } from '../../db/deliveries.ts'
import { failingDeliveries } from '../../db/messages.ts'
import { listSizes } from '../../db/sizes.ts'
import { DAY_MS } from '../../db/units.ts'
import type { Deps } from '../deps.ts'
import { countStatus, type StatusCounts } from '../status/list.ts'
import { viewContext } from '../status/view.ts'
import { slotsAround } from '../summary/when.ts'

/** The state of the monitor itself. Times are in ISO 8601 with the server's offset. */
export interface MonitorView {
  version: string
  startedAt: string
  now: string
  /** Where the database is, without secrets. */
  database: string
  /** By how much this server's clock is ahead of the database's, by which all is reckoned; negative: behind. */
  clockSkewSeconds: number
  timezone: string
  /** The setting PUBLIC_URL. */
  publicUrl: string | null
  counts: StatusCounts
  /** Disk usage, the largest table first, and the retention of single heartbeats. */
  storage: { bytes: number; tables: { table: string; bytes: number }[]; retentionDays: number }
  /** Outages of the monitor, the newest first. */
  outages: { from: string; to: string; seconds: number }[]
  deliveries: Delivery[]
  /** `nextAt` is `null` when there are no summaries. */
  summary: { nextAt: string | null }
  /** The daily backup of the embedded database; `null` if none is made. `lastAt`: the newest one that is whole. */
  backup: { lastAt: string | null; bytes: number | null; nextAt: string; error: string | null; folder: string } | null
}

/** How delivery to one target goes. */
export interface Delivery {
  target: string
  /** Whether the settings of this server name it. Others are from former settings. */
  isConfigured: boolean
  pending: number
  failedLastDay: number
  lastError: string | null
  lastSentAt: string | null
  retryAt: string | null
}

const OUTAGES_SHOWN = 50

export async function showMonitor(deps: Deps): Promise<MonitorView> {
  const { config, about, iso } = deps
  const { now, timezone, outages } = viewContext(deps)
  const { dailySummary, retentionDays } = config
  const tables = await listSizes(deps.db)
  return {
    version: about.version,
    startedAt: iso(about.startedAt),
    now: iso(now),
    database: about.database,
    clockSkewSeconds: (deps.clock.skewMs?.() ?? 0) / 1000,
    timezone,
    publicUrl: config.publicUrl ?? null,
    counts: await countStatus(deps, {}),
    storage: { bytes: tables.reduce((sum, { bytes }) => sum + bytes, 0), tables, retentionDays },
    outages: outages
      .slice(-OUTAGES_SHOWN)
      .reverse()
      .map(({ fromMs, toMs }) => ({ from: iso(fromMs), to: iso(toMs), seconds: (toMs - fromMs) / 1000 })),
    deliveries: await deliveries(deps, now),
    summary: { nextAt: dailySummary && iso(slotsAround({ ...dailySummary, timezone }, now).nextAt) },
    backup: backup(deps),
  }
}

function backup({ backups, iso }: Deps): MonitorView['backup'] {
  const state = backups.daily?.state()
  if (!state) return null
  const { newest, nextAt, error, folder } = state
  const lastAt = newest && iso(newest.takenAt)
  return { lastAt, bytes: newest?.bytes ?? null, nextAt: iso(nextAt), error, folder }
}

async function deliveries({ db, channels, iso }: Deps, now: number): Promise<Delivery[]> {
  const configured = channels.map(({ target }) => target)
  const failing = await failingDeliveries(db, { failedSince: now - DAY_MS, pendingBefore: Number.MAX_SAFE_INTEGER })
  const states = await targetStates(db, configured)
  return states.map(({ target, lastSentAt, retryAt }) => {
    const of = (state: string) => failing.find((one) => one.target === target && one.state === state)
    return {
      target,
      isConfigured: configured.includes(target),
      pending: of('pending')?.count ?? 0,
      failedLastDay: of('failed')?.count ?? 0,
      lastError: of('pending')?.error ?? of('failed')?.error ?? null,
      lastSentAt: lastSentAt === null ? null : iso(lastSentAt),
      retryAt: retryAt === null ? null : iso(retryAt),
    }
  })
}
