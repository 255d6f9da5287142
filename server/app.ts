import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { migrate } from '../db/migrate.ts'
import { ping } from '../db/ping.ts'
import { announce } from './announce.ts'
import { createDeps, type DepsOptions } from './createDeps.ts'
import { followDatabase } from './followDatabase.ts'
import { closeDoors } from './http/close.ts'
import { HTTP_LIMITS, type HttpLimits } from './http/connectionLimits.ts'
import type { Door } from './http/door.ts'
import { createHttp } from './http/server.ts'
import { watchSchema } from './newerSchema.ts'
import { createReach, type Reach } from './reach.ts'
import { type Keeper, startKeeper } from './retention/keeper.ts'
import { tidy } from './retention/tidy.ts'
import { adoptRules } from './watch/adoptRules.ts'
import { watch } from './watch/watch.ts'
import { createWatchdog } from './watchdog/watchdog.ts'

export interface AppOptions extends DepsOptions {
  /** HTTP addresses that other parts answer, e.g. the webhook of the bot. */
  doors?: readonly Door[]
  /** The folder of the built page. By default it is that of this repository; tests pass their own. */
  pageFolder?: string | undefined
  limits?: Partial<HttpLimits> | undefined
}

export interface App {
  /** Where HTTP listens, e.g. `http://127.0.0.1:8765`. */
  url: string
  /** Gets the database ready, and waits for it if it is away. Once this resolves, the monitor listens and watches. */
  begin(): Promise<void>
  /** Finishes what was accepted, then stops all parts but the database. A start that is under way is abandoned. */
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

/** Opens HTTP. Until the app has begun, requests are refused with a sentence that says what it waits for. */
export async function openApp(options: AppOptions): Promise<App> {
  const { config, database, clock, log } = options
  const { db, upkeep } = database
  const limits = { ...HTTP_LIMITS, ...options.limits }
  const deps = createDeps(options, limits)
  const { absence, jobs, ledger, hints, feed, intake, couriers } = deps
  database.onBroken((error) => absence.noted(error, 'a database connection broke; another takes its place'))
  const reach = createReach({ clock, absence })
  const isReady = createReadiness(db, reach)
  const http = await createHttp(deps, {
    isReady,
    refuseUntilOpen: reach.refuseUntilOpen,
    takeBackup: deps.backups.take,
    pageFolder: options.pageFolder ?? PAGE_FOLDER,
    doors: options.doors ?? [],
    limits,
  })
  await http.listen({ host: config.host, port: config.port })
  const { watchdogUrl } = config
  const watchdog = watchdogUrl ? createWatchdog({ ...deps, isReady }, watchdogUrl) : null
  let keeper: Keeper | null = null
  let leaveSchema = () => {}
  let leaveClock = () => {}
  let isBeginning = false

  async function begin(): Promise<void> {
    await reach.once(() => migrate(database.longDb))
    leaveClock = await reach.once(() => followDatabase(deps))
    await reach.once(() => ledger.begin())
    reach.open()
    await reach.once(() => adoptRules(deps))
    const { daily } = deps.backups
    const handlers = {
      check: () => watch(deps),
      announce: () => announce(deps),
      tidy: () => tidy(deps),
      ...(daily && { backup: daily.make }),
    }
    await reach.once(() => jobs.connect(handlers))
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
      feed.end()
      await closeDoors(http, intake.refuseAll)
      // A start that is under way waits for the database, and leaves nothing behind.
      if (isBeginning) return
      leaveSchema()
      leaveClock()
      await hints.end()
      await ledger.end()
      await deps.backups.daily?.stop()
      await jobs.stop()
      await keeper?.stop()
      await couriers.stop()
    },
  }
}

/** Checks that the database answers (readiness). However many ask at a time, they share one query. */
function createReadiness(db: DepsOptions['database']['db'], reach: Reach): () => Promise<void> {
  let asking: Promise<void> | undefined
  return async () => {
    reach.refuseUntilOpen()
    asking ??= ping(db).finally(() => {
      asking = undefined
    })
    await asking
  }
}
