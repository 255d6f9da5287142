import type { Db } from '../db/schema.ts'
import type { Upkeep } from '../db/upkeep.ts'
import type { Absence } from './absence.ts'
import type { Clock } from './clock.ts'
import type { Config } from './config.ts'
import type { Log } from './log.ts'
import type { Metrics } from './metrics/metrics.ts'
import type { Ledger } from './outage/ledger.ts'

/** This process, as people are told of it. */
interface About {
  version: string
  startedAt: number
  /** Where the database is, without secrets. */
  database: string
}

/** What exists first. Every other part of the server is made from it, so none of these knows of `Deps`. */
export interface Ground {
  about: About
  config: Config
  db: Db
  /** The work that the embedded database does not do by itself; `null` for PostgreSQL. */
  upkeep: Upkeep | null
  clock: Clock
  log: Log
  absence: Absence
  /** Writes epoch milliseconds as ISO 8601 in the server's zone. */
  iso: (ms: number) => string
  ledger: Ledger
  metrics: Metrics
}
