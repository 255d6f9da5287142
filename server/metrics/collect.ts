import { Gauge, Registry } from '@prometheus-io/client'
import { nextCheckAt } from '../../db/checks.ts'
import { pendingByTarget } from '../../db/deliveries.ts'
import { listSizes } from '../../db/sizes.ts'
import type { Deps } from '../deps.ts'
import { withTimeout } from '../net/withTimeout.ts'
import { countStatus } from '../status/list.ts'
import { channelOf } from './metrics.ts'
import { processMetrics } from './process.ts'

/** How long counts are cached, so that frequent scrapes cost the database little. */
const CACHE_TTL_MS = 5_000
/** The timeout for counting, below the ten seconds after which Prometheus gives up a scrape. */
const TIMEOUT_MS = 7_000

interface Counts {
  services: Awaited<ReturnType<typeof countStatus>>
  pending: Awaited<ReturnType<typeof pendingByTarget>>
  sizes: Awaited<ReturnType<typeof listSizes>>
  jobs: Awaited<ReturnType<Deps['jobs']['waiting']>>
  checkAt: number | null
}

/** Makes the answer to a scrape, in the text format of Prometheus. While the database is away, it is shorter. */
export function createScrape(deps: Deps): () => Promise<{ type: string; text: string }> {
  const { clock, absence, db, ledger, intake, about, metrics } = deps
  const targets = deps.channels.map(({ target }) => target)
  const gauges = createGauges()
  let cached: { at: number; counts: Promise<Counts> } | undefined

  function counts(): Promise<Counts> {
    if (cached && Math.abs(clock.now() - cached.at) < CACHE_TTL_MS) return cached.counts
    const counts = count()
    cached = { at: clock.now(), counts }
    counts.catch(() => {
      cached = undefined
    })
    return counts
  }

  async function count(): Promise<Counts> {
    const [services, pending, sizes, jobs, checkAt] = await Promise.all([
      countStatus(deps, {}),
      pendingByTarget(db, targets),
      listSizes(db),
      deps.jobs.waiting(),
      nextCheckAt(db),
    ])
    return { services, pending, sizes, jobs, checkAt }
  }

  function showCounts({ services, pending, sizes, jobs, checkAt }: Counts): void {
    const now = clock.now()
    const { paused, ...byStatus } = services
    for (const [status, number] of Object.entries(byStatus)) gauges.services.set({ status }, number)
    gauges.paused.set(paused)
    gauges.overdue.set(checkAt === null ? 0 : Math.max(0, now - checkAt) / 1000)

    for (const gauge of [gauges.pending, gauges.oldest, gauges.jobs, gauges.bytes]) gauge.reset()
    for (const target of targets) gauges.pending.set({ channel: channelOf(target) }, 0)
    for (const { target, count } of pending) gauges.pending.inc({ channel: channelOf(target) }, count)
    // A channel may have several targets: the one that has waited longest comes last, and so sets the gauge.
    for (const { target, oldestAt } of pending.toSorted((a, b) => b.oldestAt - a.oldestAt)) {
      gauges.oldest.set({ channel: channelOf(target) }, (now - oldestAt) / 1000)
    }
    for (const { queue, waiting } of jobs) gauges.jobs.set({ queue }, waiting)
    for (const { table, bytes } of sizes) gauges.bytes.set({ table }, bytes)
  }

  return async () => {
    const found = await withTimeout(TIMEOUT_MS, counts()).catch((error: unknown) => {
      absence.noted(error, 'the database could not be asked for metrics')
      return null
    })
    const now = clock.now()
    gauges.up.set(found ? 1 : 0)
    if (found) showCounts(found)

    const outages = ledger.outages()
    gauges.outages.set(outages.length)
    gauges.outageSeconds.set(outages.reduce((sum, { fromMs, toMs }) => sum + (toMs - fromMs), 0) / 1000)
    const oldestHeartbeat = intake.oldestAt()
    gauges.queueSeconds.set(oldestHeartbeat === null ? 0 : Math.max(0, now - oldestHeartbeat) / 1000)
    const backup = deps.backups.daily?.state()
    if (backup) {
      gauges.backupFailing.set(backup.error === null ? 0 : 1)
      gauges.backupAt.set((backup.newest?.takenAt ?? 0) / 1000)
    }
    gauges.skew.set((clock.skewMs?.() ?? 0) / 1000)
    gauges.info.set({ version: about.version }, 1)

    const ours = [metrics.registry, gauges.ofServer, ...(found ? [gauges.ofDatabase] : [])]
    const all = Registry.merge([...ours, processMetrics()])
    return { type: all.contentType, text: await all.metrics() }
  }
}

/** Makes two registries of gauges, since those of the database are left out while it is away. */
function createGauges() {
  const ofServer = new Registry()
  const ofDatabase = new Registry()
  const gaugeIn =
    (registry: Registry) =>
    <T extends string>(name: string, help: string, ...labelNames: T[]) =>
      new Gauge({ name: `stillbeat_${name}`, help, labelNames, registers: [registry] })
  const inServer = gaugeIn(ofServer)
  const inDatabase = gaugeIn(ofDatabase)
  return {
    ofServer,
    ofDatabase,
    info: inServer('info', 'Always 1; which version this is', 'version'),
    up: inServer('database_up', 'Whether the database could be asked: 1 or 0'),
    outages: inServer('outages', 'Outages of the monitor in the last 400 days'),
    outageSeconds: inServer('outage_seconds', 'How long they lasted together'),
    queueSeconds: inServer('heartbeat_queue_seconds', 'How long the oldest heartbeat has waited to be stored'),
    skew: inServer('clock_skew_seconds', "How much this server's clock is ahead of the database's"),
    backupAt: inServer('backup_newest_timestamp_seconds', 'When the newest daily backup was made; 0: none yet'),
    backupFailing: inServer('backup_failing', 'Whether the last daily backup failed: 1 or 0'),
    services: inDatabase('services', 'Services by status, as anybody is told now', 'status'),
    paused: inDatabase('services_paused', 'How many of them are paused'),
    overdue: inDatabase('check_overdue_seconds', 'How long the earliest check that is to be done has been due'),
    pending: inDatabase('messages_pending', 'Messages that wait to be sent', 'channel'),
    oldest: inDatabase('messages_oldest_seconds', 'How long the oldest of them has waited', 'channel'),
    jobs: inDatabase('jobs_waiting', 'Jobs that wait for a server to do them', 'queue'),
    bytes: inDatabase('database_bytes', 'What a table takes on disk, with its indexes', 'table'),
  }
}
