import type { Db } from '../db/schema.ts'
import type { Upkeep } from '../db/upkeep.ts'
import type { Absence } from './absence.ts'
import type { Clock } from './clock.ts'
import type { Config } from './config.ts'
import type { Log } from './log.ts'
import type { Metrics } from './metrics/metrics.ts'
import type { Ledger } from './outage/ledger.ts'

interface About {
  version: string
  startedAt: number
  /** Where the database is, without secrets. */
  database: string
}

/** The ground is the base of dependency injection. All other parts are made from it, so none here knows `Deps`. */
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
