import { createTRPCClient, httpLink } from '@trpc/client'
import { onTestFinished } from 'vitest'
import { type OpenDatabase, openDatabase } from '../../db/open.ts'
import { startApp } from '../../server/app.ts'
import { readConfig } from '../../server/config.ts'
import type { Channel } from '../../server/delivery/channel.ts'
import type { Outgoing } from '../../server/delivery/notifier.ts'
import type { HttpLimits } from '../../server/http/connectionLimits.ts'
import { createLog } from '../../server/log.ts'
import type { AppRouter } from '../../server/router.ts'
import { createTestClock, MINUTE, type TestClock } from './clock.ts'
import { createTestDatabase, onPostgres, type TestDatabase } from './database.ts'
import { lendDatabase } from './lent.ts'
import { remember, untilSettled } from './told.ts'

export interface TestApp {
  url: string
  clock: TestClock
  database: OpenDatabase
  /** A client for the typed API. */
  api: ReturnType<typeof createTRPCClient<AppRouter>>
  /** Sends `POST /heartbeat?service_key=…` and expects 200. */
  beat(key: string): Promise<{ status: string; service_key: string; timestamp: string }>
  fetch(path: string, init?: RequestInit): Promise<Response>
  /** Moves the clock on, and then waits until nothing is left to do. */
  pass(ms: number): Promise<void>
  /** Moves the clock on, and waits at each moment with due timers until nothing is left to do. */
  live(ms: number): Promise<void>
  /** Waits until nothing is left to do at the clock's present time. */
  settled(): Promise<void>
  /** The messages that were sent, unless `channels` were given. */
  told: Outgoing[]
  stop(): Promise<void>
}

export interface TestAppOptions {
  env?: Record<string, string>
  clock?: TestClock
  /** Starts it on this database, beside another server. */
  beside?: TestDatabase
  channels?: readonly Channel[]
  /** How often the server stores a proof that it listens. */
  proofEveryMs?: number
  pageFolder?: string
  limits?: Partial<HttpLimits>
  /** When it is stopped: `afterAll` for an app that all tests of a file share. */
  stopAfter?: (stop: () => Promise<void>) => void
}

/** Long intervals for periodic work and no daily backups, since tests let hours pass. Whatever is due has its own timer. */
const SELDOM = { env: { CHECK_INTERVAL_SECONDS: '3600', BACKUP_KEEP: '0' }, proofEveryMs: 10 * MINUTE }

/** Starts a whole server on a real database and a test clock. It stops when the test ends, or as `stopAfter` says. */
export async function startTestApp({
  env = {},
  clock = createTestClock(),
  beside,
  channels,
  proofEveryMs = SELDOM.proofEveryMs,
  pageFolder,
  limits,
  stopAfter = onTestFinished,
}: TestAppOptions = {}): Promise<TestApp> {
  const given = beside ?? (onPostgres ? await createTestDatabase() : null)
  const lent = given ? null : await lendDatabase()
  const where = given?.env ?? { DATA_DIR: lent?.dataDir }
  const config = readConfig({ PORT: '0', LOG_LEVEL: 'silent', ...SELDOM.env, ...where, ...env })
  const database = lent?.database ?? (await openDatabase(config.database))
  const log = createLog(config.logLevel)
  const told: Outgoing[] = []
  const app = await startApp({
    config,
    database,
    channels: channels ?? [{ target: 'memory', address: 'memory', notifier: remember(told) }],
    clock,
    log,
    proofEveryMs,
    pageFolder,
    limits,
  })
  const settled = () => untilSettled(database.db, clock)

  let stopped = false
  const stop = async () => {
    if (stopped) return
    stopped = true
    await app.stop()
    await database.close()
    if (!beside) await given?.drop()
  }
  stopAfter(stop)

  const request = (path: string, init?: RequestInit) => fetch(app.url + path, init)
  return {
    url: app.url,
    clock,
    database,
    api: createTRPCClient<AppRouter>({ links: [httpLink({ url: `${app.url}/trpc` })] }),
    fetch: request,
    async beat(key) {
      const response = await request(`/heartbeat?service_key=${encodeURIComponent(key)}`, { method: 'POST' })
      if (response.status !== 200) throw new Error(`heartbeat got ${response.status}: ${await response.text()}`)
      return response.json() as Promise<{ status: string; service_key: string; timestamp: string }>
    },
    told,
    settled,
    async live(ms) {
      await settled()
      await clock.advance(ms, settled)
    },
    async pass(ms) {
      await clock.advance(ms)
      await settled()
    },
    stop,
  }
}
