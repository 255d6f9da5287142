import { Gauge, Registry } from '@prometheus-io/client'
import { pendingByTarget } from '../../db/deliveries.ts'
import { listSizes } from '../../db/sizes.ts'
import type { Deps } from '../deps.ts'
import { countStatus } from '../status/list.ts'
import { channelOf } from './metrics.ts'
import { processMetrics } from './process.ts'

/** However many ask, the database is asked this seldom. */
const SHARED_MS = 5_000

interface Counts {
  services: Awaited<ReturnType<typeof countStatus>>
  pending: Awaited<ReturnType<typeof pendingByTarget>>
  sizes: Awaited<ReturnType<typeof listSizes>>
  jobs: Awaited<ReturnType<Deps['jobsWaiting']>>
}

/** Everything there is to measure, in the text format of Prometheus. */
export function createScrape(deps: Deps): () => Promise<{ type: string; text: string }> {
  const { clock, db, ledger, heartbeats, about, metrics } = deps
  const gauges = createGauges()
  let shared: { at: number; counts: Promise<Counts> } | undefined

  function counts(): Promise<Counts> {
    if (shared && Math.abs(clock.now() - shared.at) < SHARED_MS) return shared.counts
    const counts = count()
    shared = { at: clock.now(), counts }
    counts.catch(() => {
      shared = undefined
    })
    return counts
  }

  async function count(): Promise<Counts> {
    const [services, pending, sizes, jobs] = await Promise.all([
      countStatus(deps, {}),
      pendingByTarget(db),
      listSizes(db),
      deps.jobsWaiting(),
    ])
    return { services, pending, sizes, jobs }
  }

  return async () => {
    const { services, pending, sizes, jobs } = await counts()
    const now = clock.now()
    const { paused, ...byStatus } = services
    for (const [status, number] of Object.entries(byStatus)) gauges.services.set({ status }, number)
    gauges.paused.set(paused)

    gauges.pending.reset()
    gauges.oldest.reset()
    for (const { target } of deps.channels) gauges.pending.set({ channel: channelOf(target) }, 0)
    for (const { target, count, oldestAt } of pending) {
      const channel = channelOf(target)
      gauges.pending.inc({ channel }, count)
      gauges.oldest.set({ channel }, (now - oldestAt) / 1000)
    }

    gauges.jobs.reset()
    for (const { queue, waiting } of jobs) gauges.jobs.set({ queue }, waiting)
    gauges.bytes.reset()
    for (const { table, bytes } of sizes) gauges.bytes.set({ table }, bytes)

    const outages = ledger.outages()
    gauges.outages.set(outages.length)
    gauges.outageSeconds.set(outages.reduce((sum, { fromMs, toMs }) => sum + (toMs - fromMs), 0) / 1000)
    const oldestHeartbeat = heartbeats.oldestAt()
    gauges.queueSeconds.set(oldestHeartbeat === null ? 0 : Math.max(0, now - oldestHeartbeat) / 1000)
    gauges.info.set({ version: about.version }, 1)

    const all = Registry.merge([metrics.registry, gauges.registry, processMetrics()])
    return { type: all.contentType, text: await all.metrics() }
  }
}

function createGauges() {
  const registry = new Registry()
  const registers = [registry]
  const gauge = <T extends string>(name: string, help: string, ...labelNames: T[]) =>
    new Gauge({ name: `stillbeat_${name}`, help, labelNames, registers })
  return {
    registry,
    info: gauge('info', 'Always 1; which version this is', 'version'),
    services: gauge('services', 'Services by status, as anybody is told now', 'status'),
    paused: gauge('services_paused', 'How many of them are paused'),
    pending: gauge('messages_pending', 'Messages that wait to be sent', 'channel'),
    oldest: gauge('messages_oldest_seconds', 'How long the oldest of them has waited', 'channel'),
    jobs: gauge('jobs_waiting', 'Jobs that wait for a server to do them', 'queue'),
    bytes: gauge('database_bytes', 'What a table takes on disk, with its indexes', 'table'),
    outages: gauge('outages', 'Outages of the monitor in the last 400 days'),
    outageSeconds: gauge('outage_seconds', 'How long they lasted together'),
    queueSeconds: gauge('heartbeat_queue_seconds', 'How long the oldest heartbeat has waited to be stored'),
  }
}
