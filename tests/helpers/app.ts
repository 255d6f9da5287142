import { EventEmitter, once } from 'node:events'
import { createTRPCClient, httpLink } from '@trpc/client'
import { onTestFinished } from 'vitest'
import { type OpenDatabase, openDatabase } from '../../db/open.ts'
import { startApp } from '../../server/app.ts'
import { readConfig } from '../../server/config.ts'
import { createLog } from '../../server/log.ts'
import type { AppRouter } from '../../server/router.ts'
import { createTestClock, type TestClock } from './clock.ts'
import { createTestDatabase, type TestDatabase } from './database.ts'

export interface TestApp {
  url: string
  clock: TestClock
  database: OpenDatabase
  /** The typed API. */
  api: ReturnType<typeof createTRPCClient<AppRouter>>
  /** Sends `POST /heartbeat?service_key=…` and expects 200. */
  beat(key: string): Promise<{ status: string; service_key: string; timestamp: string }>
  fetch(path: string, init?: RequestInit): Promise<Response>
  /** Moves time on and waits until a check that began afterwards has ended. */
  pass(ms: number): Promise<void>
  stop(): Promise<void>
}

export interface TestAppOptions {
  env?: Record<string, string>
  clock?: TestClock
  /** A second server on the database of a first. */
  beside?: TestDatabase
  /** `afterAll` for an app that all tests of a file share. */
  stopAfter?: (stop: () => Promise<void>) => void
}

/** A whole server on a real database and a clock that the test moves; stopped when the test ends, if not later. */
export async function startTestApp({
  env = {},
  clock = createTestClock(),
  beside,
  stopAfter = onTestFinished,
}: TestAppOptions = {}): Promise<TestApp> {
  const home = beside ?? (await createTestDatabase())
  const config = readConfig({ PORT: '0', LOG_LEVEL: 'silent', ...home.env, ...env })
  const database = await openDatabase(config.database)
  const events = new EventEmitter()
  const log = createLog(config.logLevel)
  const app = await startApp({ config, database, clock, log, onChecked: () => events.emit('checked') })

  let stopped = false
  const stop = async () => {
    if (stopped) return
    stopped = true
    await app.stop()
    await database.close()
    if (!beside) await home.drop()
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
    async pass(ms) {
      const checked = once(events, 'checked')
      await clock.advance(ms)
      await checked
    },
    stop,
  }
}
