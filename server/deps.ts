import type { Db, Trx } from '../db/schema.ts'
import type { Upkeep } from '../db/upkeep.ts'
import type { Absence } from './absence.ts'
import type { Clock } from './clock.ts'
import type { Config } from './config.ts'
import type { Channel } from './delivery/channel.ts'
import type { PublicGroups } from './group/public.ts'
import type { Batch } from './heartbeat/batch.ts'
import type { Signal } from './heartbeat/draft.ts'
import type { Hints } from './hints.ts'
import type { Keyring } from './keys/keyring.ts'
import type { Feed } from './live/feed.ts'
import type { Log } from './log.ts'
import type { Metrics } from './metrics/metrics.ts'
import type { Ledger } from './outage/ledger.ts'

/** What this process can say of itself. */
interface About {
  version: string
  startedAt: number
  /** For people, without secrets. */
  database: string
}

/** What the verbs work with. */
export interface Deps {
  about: About
  config: Config
  db: Db
  /** What the database does not do by itself, if anything. */
  upkeep: Upkeep | null
  clock: Clock
  log: Log
  absence: Absence
  /** Epoch milliseconds as ISO 8601 in the server's zone. */
  iso: (ms: number) => string
  ledger: Ledger
  heartbeats: Batch<Signal>
  /** Tells the watch that a service may change by silence at this moment. */
  wakeAt: (ms: number) => void
  /** Asks, as part of a transaction, that somebody looks what there is to announce. */
  tell: (trx: Trx) => Promise<void>
  channels: readonly Channel[]
  /** Tells those who carry messages that there may be some. */
  kickCouriers: () => void
  /** Tells those who watch what has changed. */
  feed: Feed
  /** Tells other servers what has changed, and hears of it. */
  hints: Hints
  publicGroups: PublicGroups
  metrics: Metrics
  /** How many jobs wait in each queue, as of the last minute. */
  jobsWaiting: () => Promise<{ queue: string; waiting: number }[]>
  keyring: Keyring
}
