import type { Backups } from './backup/backup.ts'
import type { Channel } from './delivery/channel.ts'
import type { Couriers } from './delivery/couriers.ts'
import type { Ground } from './ground.ts'
import type { PublicGroups } from './group/public.ts'
import type { Batch } from './heartbeat/batch.ts'
import type { Signal } from './heartbeat/signal.ts'
import type { Hints } from './hints.ts'
import type { Jobs } from './jobs/jobs.ts'
import type { Keyring } from './keys/keyring.ts'
import type { Feed } from './live/feed.ts'
import type { Missed } from './live/missed.ts'
import type { Streams } from './live/streams.ts'

/** The dependencies that every verb gets: dependency injection by one plain object. */
export interface Deps extends Ground {
  /** Schedules the check, the announcing and the nightly maintenance. */
  jobs: Pick<Jobs, 'check' | 'announce' | 'waiting'>
  /** Takes heartbeats in, and stores them in batches. */
  intake: Pick<Batch<Signal>, 'add' | 'oldestAt'>
  channels: readonly Channel[]
  /** Send what is in the outbox of the channels. */
  couriers: Pick<Couriers, 'kick'>
  /** Tells subscribed browsers and programs what has changed. */
  feed: Feed
  /** Tells other servers what has changed, and hears it from them. */
  hints: Hints
  publicGroups: PublicGroups
  backups: Backups
  keyring: Keyring
  /** What clients have missed that resume a stream of events. */
  missed: Missed
  /** The open streams of events, which end when their callers may not read any more. */
  streams: Streams
}

/** The same inside a transaction, where the database is reached by `trx` alone. */
export type DepsInTransaction = Omit<Deps, 'db'>

/** The same for whoever begins and stops the parts. */
export interface Parts extends Deps {
  jobs: Jobs
  couriers: Couriers
  intake: Batch<Signal>
}
