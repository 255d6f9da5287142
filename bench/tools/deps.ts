import { Readable } from 'node:stream'
import type { Db } from '../../db/schema.ts'
import { createAbsence } from '../../server/absence.ts'
import { systemClock } from '../../server/clock.ts'
import { readConfig } from '../../server/config.ts'
import type { Deps } from '../../server/deps.ts'
import { createBatch } from '../../server/heartbeat/batch.ts'
import { createKeyring } from '../../server/keys/keyring.ts'
import { createMissed } from '../../server/live/missed.ts'
import { createLog } from '../../server/log.ts'
import { createMetrics } from '../../server/metrics/metrics.ts'
import { isoIn } from '../../server/text/time.ts'

/** The parts of a server that a check needs. It receives no heartbeats, and has no outages. */
export function depsOf(db: Db, env: Record<string, string> = {}): Deps {
  const config = readConfig(env)
  const clock = systemClock
  const log = createLog('warn')
  const absence = createAbsence({ clock, log, description: 'the database' })
  const nothing = async () => {}
  const asleep = { wakeAt: () => {} }
  const ledger = { outages: () => [], begin: nothing, caughtUp: nothing, cutOff: () => {}, end: nothing }
  const hints = { tell: () => {}, on: () => {}, areHeard: () => true, begin: () => {}, end: nothing }
  const intake = createBatch(async () => {}, { largest: 1, queue: 1 })
  return {
    about: { version: '', startedAt: clock.now(), database: '' },
    config,
    upkeep: null,
    db,
    clock,
    log,
    absence,
    iso: isoIn(config.timezone),
    ledger,
    intake,
    jobs: { check: asleep, announce: { ...asleep, after: nothing }, waiting: async () => [] },
    channels: [],
    couriers: { kick: () => {} },
    feed: { touched: () => {}, removed: () => {}, join: () => () => {}, end: () => {} },
    backups: { take: () => Readable.from([]), daily: null },
    publicGroups: { show: () => Promise.reject(new Error('there are none')) },
    hints,
    missed: createMissed({ db, clock, config, ledger, iso: isoIn(config.timezone) }),
    streams: { check: () => {}, open: () => ({ signal: new AbortController().signal, close: () => {} }) },
    keyring: createKeyring({ db, clock, absence, hints }),
    metrics: createMetrics([]),
  }
}
