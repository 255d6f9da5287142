import { sql } from 'kysely'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { startTestApp, type TestApp } from '../helpers/app.ts'
import { SECOND } from '../helpers/clock.ts'
import { createTestDatabase, onPostgres, type TestDatabase } from '../helpers/database.ts'
import { type Events, watchEvents } from '../helpers/events.ts'

/** How often a server polls for changes without a hint. */
const LOOK_MS = 15 * SECOND

describe.runIf(onPostgres)('two servers on one database', () => {
  let home: TestDatabase
  let one: TestApp
  let two: TestApp

  beforeAll(async () => {
    home = await createTestDatabase()
    one = await startTestApp({ beside: home, stopAfter: () => {} })
    two = await startTestApp({ beside: home, clock: one.clock, stopAfter: () => {} })
    await untilHeard(one, two)
    return async () => {
      await one.stop()
      await two.stop()
      await home.drop()
    }
  })

  test('watchers of one server see what the other hears, changes and removes, sooner than by polling', async () => {
    await two.beat('worker')
    const services = await watchEvents(one, 'onHeartbeat')
    const transitions = await watchEvents(one, 'onTransition')
    await one.clock.advance(SECOND)
    const since = one.clock.now()

    await two.beat('worker')
    await until(services, ({ service }) => service?.heartbeatCount === 2)
    await two.api.signal.mutate({ serviceKey: 'worker', kind: 'fail' })
    expect(await soon(transitions)).toMatchObject({ serviceKey: 'worker', to: 'down', reason: 'fail' })
    await until(services, ({ service }) => service?.status === 'down')
    await two.api.services.configure.mutate({ serviceKey: 'worker', displayName: 'The worker' })
    await until(services, ({ service }) => service?.displayName === 'The worker')
    await two.api.services.remove.mutate({ serviceKey: 'worker' })
    await until(services, ({ serviceKey, service }) => serviceKey === 'worker' && service === null)
    expect(one.clock.now() - since).toBeLessThan(LOOK_MS)
  })

  test('a lost connection for hints is reconnected', async () => {
    await two.beat('mended')
    const services = await watchEvents(one, 'onHeartbeat')
    await one.clock.advance(SECOND)
    await cutLine(one)
    await untilHeard(one, two)
    const since = one.clock.now()
    await two.beat('mended')
    await until(services, ({ serviceKey, service }) => serviceKey === 'mended' && service?.heartbeatCount === 2)
    expect(one.clock.now() - since).toBeLessThan(LOOK_MS)
  })

  test('the changes of a server that died before its hint are found by polling', async () => {
    await two.beat('untold')
    const services = await watchEvents(one, 'onHeartbeat')
    await one.clock.advance(LOOK_MS)
    // This is what a server leaves behind if it dies between its commit and its hint.
    await sql`update service_states set version = version + 1, heartbeat_count = 7
      where service_id = (select id from services where key = 'untold')`.execute(two.database.db)
    await one.clock.advance(LOOK_MS + SECOND)
    await until(services, ({ serviceKey, service }) => serviceKey === 'untold' && service?.heartbeatCount === 7)
  })

  test('a burst of changes is sent as one hint without ids, and foreign notifications do no harm', async () => {
    await sql`select pg_notify('stillbeat', 'banana'), pg_notify('stillbeat', '{"from":1,"topics":[]}'),
      pg_notify('stillbeat', '{"from":"x","topics":{"unheard":["of"]}}')`.execute(two.database.db)
    const services = await watchEvents(one, 'onHeartbeat')
    await one.clock.advance(LOOK_MS)
    const keys = Array.from({ length: 150 }, (_, index) => `burst-${index}`)
    await Promise.all(keys.map((key) => two.beat(key)))
    const missing = new Set(keys)
    while (missing.size > 0) missing.delete((await soon(services)).serviceKey)
  })

  /** Waits for the next event, and moves the clock on slowly meanwhile. */
  async function soon<T>(events: Events<T>): Promise<T> {
    let data: T | undefined
    const arrives = events.next().then((event) => {
      data = event.data
    })
    await expect
      .poll(async () => {
        await one.clock.advance(20)
        return data
      })
      .toBeDefined()
    await arrives
    return data as T
  }

  /** Waits for an event, and skips news of earlier changes. */
  async function until<T>(events: Events<T>, isMeant: (data: T) => boolean): Promise<void> {
    while (!isMeant(await soon(events))) {}
  }
})

/** Ends the connection on which a server listens for hints. */
async function cutLine({ database }: TestApp): Promise<void> {
  await sql`select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = ${database.name} and query ~* '^(un)?(listen|notify)'`.execute(database.db)
  await expect.poll(() => database.hintLine.isOpen()).toBe(false)
}

async function untilHeard(...apps: TestApp[]): Promise<void> {
  for (const { database } of apps) await vi.waitUntil(() => database.hintLine.isOpen(), { timeout: 20_000 })
}
