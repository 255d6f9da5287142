import type { OpenDatabase } from '../db/open.ts'
import packageJson from '../package.json' with { type: 'json' }
import { createAbsence } from './absence.ts'
import { amendedMessage } from './alert/amended.ts'
import { halvesOf } from './alert/split.ts'
import { createBackups } from './backup/backup.ts'
import type { Clock } from './clock.ts'
import type { Config } from './config.ts'
import type { Channel } from './delivery/channel.ts'
import { createCouriers } from './delivery/couriers.ts'
import type { Parts } from './deps.ts'
import type { Ground } from './ground.ts'
import { createPublicGroups } from './group/public.ts'
import { createIntake } from './heartbeat/intake.ts'
import { createHints } from './hints.ts'
import { createJobs, type Jobs } from './jobs/jobs.ts'
import { createKeyring } from './keys/keyring.ts'
import { createFeed } from './live/feed.ts'
import { createMissed } from './live/missed.ts'
import { createStreams } from './live/streams.ts'
import type { Log } from './log.ts'
import { createMetrics } from './metrics/metrics.ts'
import { createLedger } from './outage/ledger.ts'
import { isoIn } from './text/time.ts'

export interface DepsOptions {
  config: Config
  database: OpenDatabase
  channels: readonly Channel[]
  clock: Clock
  log: Log
  /** How often the monitor writes down that it is listening; 5 s unless a test has weeks to get through. */
  proofEveryMs?: number | undefined
}

/** Makes all parts of the server, and gives each what it needs (dependency injection). None acts before it is told. */
export function createDeps(
  options: DepsOptions,
  { streams, streamsPerCaller }: { streams: number; streamsPerCaller: number },
): Parts {
  const { database, channels, config, clock, log } = options
  const absence = createAbsence({ clock, log, description: database.description })
  const { checkIntervalMs } = config
  const jobs = createJobs({ connection: database.jobsConnection, clock, log, absence, checkIntervalMs })
  const ground = createGround(options, absence, jobs)
  const hints = createHints({ clock, absence, line: database.hintLine, name: database.name })
  const feed = createFeed({ ...ground, hints, isAlone: database.isAlone }, streams)
  const keyring = createKeyring({ ...ground, hints })
  return {
    ...ground,
    jobs,
    intake: createIntake({ ...ground, jobs, feed }),
    channels,
    couriers: createCouriers(
      {
        ...ground,
        jobs,
        holder: database.name,
        halves: halvesOf,
        amended: (edit, longest) => amendedMessage(ground, edit, longest),
      },
      channels,
    ),
    feed,
    hints,
    publicGroups: createPublicGroups(ground),
    keyring,
    missed: createMissed(ground),
    streams: createStreams({ ...ground, hints, keyring }, streamsPerCaller),
    backups: createBackups(ground, database.folder),
  }
}

function createGround(
  { config, database, channels, clock, log, proofEveryMs }: DepsOptions,
  absence: Ground['absence'],
  jobs: Jobs,
): Ground {
  const { db, upkeep, isAlone } = database
  return {
    about: { version: packageJson.version, startedAt: clock.now(), database: database.description },
    config,
    db,
    upkeep,
    clock,
    log,
    absence,
    iso: isoIn(config.timezone),
    ledger: createLedger({
      db,
      clock,
      log,
      absence,
      isAlone,
      proofEveryMs,
      onOutage: () => jobs.announce.wakeAt(clock.now()),
    }),
    metrics: createMetrics(channels.map(({ target }) => target)),
  }
}
