import { Counter, Histogram, Registry } from '@prometheus-io/client'
import type { HeartbeatKind, Status } from '../../db/schema.ts'

/** What happens in this process, counted as it happens. Labels are few and known: never a key, a name or an address. */
export interface Metrics {
  registry: Registry
  stored(kinds: readonly HeartbeatKind[]): void
  /** A write of a batch, whether it went well or not. */
  batchWritten(size: number, seconds: number): void
  /** The watch looked; `lags` tells of each service whose silence it recorded, how long after the deadline, in seconds. */
  checked(seconds: number, lags: readonly number[]): void
  /** To be told once the changes are committed. */
  changed(changes: readonly { to: Status }[]): void
  /** An attempt to tell something came to this. */
  delivered(target: string, outcome: Outcome): void
  answered(door: string, code: number): void
}

const OUTCOMES = ['sent', 'repeated', 'failed', 'retried', 'moved'] as const
type Outcome = (typeof OUTCOMES)[number]

const BATCH_SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 500]
const WRITE_SECONDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15]
const LAG_SECONDS = [0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 3_600]

/** @param targets to whom this server tells things */
export function createMetrics(targets: readonly string[]): Metrics {
  const registry = new Registry()
  const registers = [registry]
  const heartbeats = new Counter({
    name: 'stillbeat_heartbeats_total',
    help: 'Heartbeats and signals that this server has stored',
    labelNames: ['kind'],
    registers,
  })
  const batchSize = new Histogram({
    name: 'stillbeat_batch_size',
    help: 'Heartbeats that shared a write',
    buckets: BATCH_SIZES,
    registers,
  })
  const batchSeconds = new Histogram({
    name: 'stillbeat_batch_seconds',
    help: 'How long a write of heartbeats took',
    buckets: WRITE_SECONDS,
    registers,
  })
  const checkSeconds = new Histogram({
    name: 'stillbeat_check_seconds',
    help: 'How long a look for overdue services took',
    buckets: WRITE_SECONDS,
    registers,
  })
  const lag = new Histogram({
    name: 'stillbeat_deadline_lag_seconds',
    help: 'How long after its deadline a silence was recorded',
    buckets: LAG_SECONDS,
    registers,
  })
  const transitions = new Counter({
    name: 'stillbeat_transitions_total',
    help: 'Changes of status that this server has recorded',
    labelNames: ['to'],
    registers,
  })
  const deliveries = new Counter({
    name: 'stillbeat_deliveries_total',
    help: 'Attempts to tell people something, by what became of them',
    labelNames: ['channel', 'outcome'],
    registers,
  })
  const requests = new Counter({
    name: 'stillbeat_http_requests_total',
    help: 'Requests answered, by door and status code',
    labelNames: ['door', 'code'],
    registers,
  })

  // Prometheus sees no increase in a counter that appears with a 1 in it, and nobody would hear of the first refusal.
  for (const target of targets) {
    for (const outcome of OUTCOMES) deliveries.inc({ channel: channelOf(target), outcome }, 0)
  }

  return {
    registry,
    stored(kinds) {
      for (const kind of kinds) heartbeats.inc({ kind })
    },
    batchWritten(size, seconds) {
      batchSize.observe(size)
      batchSeconds.observe(seconds)
    },
    checked(seconds, lags) {
      checkSeconds.observe(seconds)
      for (const one of lags) lag.observe(Math.max(0, one))
    },
    changed(changes) {
      for (const { to } of changes) transitions.inc({ to })
    },
    delivered: (target, outcome) => deliveries.inc({ channel: channelOf(target), outcome }),
    answered: (door, code) => requests.inc({ door, code: String(code) }),
  }
}

/** `telegram`, `webhook` or `log`: the rest of a target's name says who is told. */
export const channelOf = (target: string): string => target.replace(/:.*/s, '')
