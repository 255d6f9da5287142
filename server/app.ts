import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { migrate } from '../db/migrate.ts'
import type { OpenDatabase } from '../db/open.ts'
import { ping } from '../db/ping.ts'
import packageJson from '../package.json' with { type: 'json' }
import { createAbsence } from './absence.ts'
import { announce } from './announce.ts'
import { createBackup } from './backup/backup.ts'
import type { Clock } from './clock.ts'
import type { Config } from './config.ts'
import type { Channel } from './delivery/channel.ts'
import { createCourier } from './delivery/courier.ts'
import type { Deps } from './deps.ts'
import { createPublicGroups } from './group/public.ts'
import { createIntake } from './heartbeat/intake.ts'
import { createHints } from './hints.ts'
import { closeDoors } from './http/close.ts'
import type { Door } from './http/door.ts'
import { HTTP_LIMITS, type HttpLimits } from './http/limits.ts'
import { createHttp } from './http/server.ts'
import { connectJobs, type Jobs } from './jobs/jobs.ts'
import { createKeyring } from './keys/keyring.ts'
import { createFeed } from './live/feed.ts'
import type { Log } from './log.ts'
import { createMetrics } from './metrics/metrics.ts'
import { watchSchema } from './newerSchema.ts'
import { createLedger } from './outage/ledger.ts'
import { createReach } from './reach.ts'
import { type Keeper, startKeeper } from './retention/keeper.ts'
import { tidy } from './retention/tidy.ts'
import { isoIn } from './text/time.ts'
import { adoptRules } from './watch/adoptRules.ts'
import { watch } from './watch/watch.ts'
import { createWatchdog } from './watchdog/watchdog.ts'

export interface AppOptions {
  config: Config
  database: OpenDatabase
  /** Where alerts and summaries go. */
  channels: readonly Channel[]
  clock: Clock
  log: Log
  /** How often the monitor writes down that it is listening; 5 s unless a test has weeks to get through. */
  proofEveryMs?: number | undefined
  /** Addresses that others answer at. */
  doors?: readonly Door[]
  /** Where the page was built; the folder of this repository unless a test has a page of its own. */
  pageFolder?: string | undefined
  /** Where they are not those for everybody. */
  limits?: Partial<HttpLimits> | undefined
}

export interface App {
  /** Where HTTP listens, e.g. `http://127.0.0.1:8765`. */
  url: string
  /** Gets the database ready, and waits for it if it is away; once it resolves, the monitor is listening and watching. */
  begin(): Promise<void>
  /** Finishes what was accepted, then lets go of everything but the database. A start that is under way is left where it is. */
  stop(): Promise<void>
}

const PAGE_FOLDER = join(import.meta.dirname, '../web/dist')

export async function startApp(options: AppOptions): Promise<App> {
  const app = await openApp(options)
  try {
    await app.begin()
    return app
  } catch (error) {
    await app.stop()
    throw error
  }
}

/** Opens the doors; until it has begun, they say what it waits for. */
export async function openApp(options: AppOptions): Promise<App> {
  const { config, database, channels, clock, log } = options
  const { db } = database
  const limits = { ...HTTP_LIMITS, ...options.limits }
  let jobs: Jobs | undefined
  const absence = createAbsence({ clock, log, description: database.description })
  database.onBroken((error) => absence.noted(error, 'a database connection broke; another takes its place'))
  const reach = createReach({ clock, absence })
  const announceAt = (ms: number) => jobs?.announce.wakeAt(ms)
  const ledger = createLedger({
    db,
    clock,
    log,
    absence,
    isAlone: database.isAlone,
    proofEveryMs: options.proofEveryMs,
    onOutage: () => announceAt(clock.now()),
  })
  const metrics = createMetrics(channels.map(({ target }) => target))
  const couriers = channels.map((channel) =>
    createCourier(
      { db, clock, log, absence, metrics, timezone: config.timezone, holder: database.name, wakeAt: announceAt },
      channel,
    ),
  )
  const iso = isoIn(config.timezone)
  const hints = createHints({ clock, absence, line: database.hintLine, name: database.name })
  const wiring = {
    about: { version: packageJson.version, startedAt: clock.now(), database: database.description },
    config,
    db,
    upkeep: database.upkeep,
    clock,
    log,
    absence,
    iso,
    ledger,
    hints,
    feed: createFeed({ db, clock, absence, config, ledger, iso, hints, isAlone: database.isAlone }, limits.streams),
    keyring: createKeyring({ db, clock, absence, hints }),
    publicGroups: createPublicGroups({ db, clock, config, ledger, iso }),
    wakeAt: (ms: number) => jobs?.check.wakeAt(ms),
    // Before there are jobs nothing is lost: the first thing they do is to look.
    tell: async (trx: Parameters<Deps['tell']>[0]) => jobs?.announce.after(trx),
    channels,
    metrics,
    jobsWaiting: async () => (await jobs?.waiting()) ?? [],
    kickCouriers: () => {
      for (const courier of couriers) courier.kick()
    },
  }
  const deps: Deps = { ...wiring, heartbeats: createIntake(wiring) }

  // However many ask, the database is asked once at a time.
  let asking: Promise<void> | undefined
  const isReady = async () => {
    reach.refuseUntilOpen()
    asking ??= ping(db).finally(() => {
      asking = undefined
    })
    await asking
  }
  const http = await createHttp(deps, {
    isReady,
    refuseUntilOpen: reach.refuseUntilOpen,
    takeBackup: createBackup(deps, database.folder),
    pageFolder: options.pageFolder ?? PAGE_FOLDER,
    doors: options.doors ?? [],
    limits,
  })
  await http.listen({ host: config.host, port: config.port })
  const jobsOptions = {
    connection: database.jobsConnection,
    clock,
    log,
    absence,
    checkIntervalMs: config.checkIntervalMs,
    check: () => watch(deps),
    announce: () => announce(deps),
    tidy: () => tidy(deps),
  }
  const { watchdogUrl } = config
  const watchdog = watchdogUrl ? createWatchdog({ ...deps, isReady }, watchdogUrl) : null
  const { upkeep } = database
  let keeper: Keeper | null = null
  let leaveSchema = () => {}
  let isBeginning = false

  async function begin(): Promise<void> {
    await reach.once(() => migrate(db))
    await reach.once(() => ledger.begin())
    reach.open()
    await reach.once(() => adoptRules(deps))
    jobs = await reach.once(() => connectJobs(jobsOptions))
    await jobs.begin()
    leaveSchema = watchSchema(deps)
    hints.begin()
    watchdog?.begin()
    keeper = upkeep && startKeeper(upkeep, { clock, log, everyMs: config.checkIntervalMs })
  }

  const { port } = http.server.address() as AddressInfo
  return {
    url: `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`,
    async begin() {
      isBeginning = true
      await begin().finally(() => {
        isBeginning = false
      })
    },
    async stop() {
      reach.giveUp()
      watchdog?.stop()
      deps.feed.end()
      await closeDoors(http, deps.heartbeats.refuseAll)
      // It waits for the database, and there is nothing that it would leave behind.
      if (isBeginning) return
      leaveSchema()
      await hints.end()
      await ledger.end()
      await jobs?.stop()
      await keeper?.stop()
      await Promise.all(couriers.map((courier) => courier.stop()))
    },
  }
}
