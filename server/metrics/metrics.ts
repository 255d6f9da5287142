import { Counter, Histogram, Registry } from '@prometheus-io/client'
import type { HeartbeatKind, Status } from '../../db/schema.ts'

/** Counters and histograms of this process. Labels have few known values: never a key, a name or an address. */
export interface Metrics {
  registry: Registry
  /** Heartbeats and signals were stored. */
  stored(kinds: readonly HeartbeatKind[]): void
  /** A batch was written, or could not be. */
  batchWritten(size: number, seconds: number): void
  /** A check has run. `lags`: how many seconds after its deadline each silence was recorded. */
  checked(seconds: number, lags: readonly number[]): void
  /** Transitions were committed. A change that is only another cause, or a pause, is none. */
  changed(changes: readonly { to: Status; reason: string; isCause?: true }[]): void
  /** An attempt to deliver a message has ended. */
  delivered(target: string, outcome: Outcome): void
  /** A request was answered. */
  answered(door: string, code: number): void
}

const OUTCOMES = ['sent', 'repeated', 'failed', 'retried', 'moved'] as const
type Outcome = (typeof OUTCOMES)[number]

const BATCH_SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 500]
const WRITE_SECONDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15]
const LAG_SECONDS = [0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 3_600]

/** @param targets the targets that this server delivers messages to */
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

  // Prometheus sees no increase when a counter first appears with 1, so the first failure would raise no alert.
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
      for (const { to, reason, isCause } of changes) if (!isCause && reason !== 'pause') transitions.inc({ to })
    },
    delivered: (target, outcome) => deliveries.inc({ channel: channelOf(target), outcome }),
    answered: (door, code) => requests.inc({ door, code: String(code) }),
  }
}

/** The channel of a target: `telegram`, `webhook` or `log`. The rest of its name could tell who gets messages. */
export const channelOf = (target: string): string => target.replace(/:.*/s, '')
