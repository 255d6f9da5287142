import { sql } from 'kysely'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { startTestApp, type TestApp } from '../helpers/app.ts'
import { SECOND } from '../helpers/clock.ts'
import { createTestDatabase, onPostgres, type TestDatabase } from '../helpers/database.ts'
import { type Events, watchEvents } from '../helpers/events.ts'

/** A server looks this seldom for what others did not tell. */
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

  test('what one hears, changes and removes is told to those who watch the other, sooner than it would look', async () => {
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

  test('a line that was cut is mended', async () => {
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

  test('what a server did not live to tell is found all the same', async () => {
    await two.beat('untold')
    const services = await watchEvents(one, 'onHeartbeat')
    await one.clock.advance(LOOK_MS)
    // What it leaves behind if it dies between its commit and its hint.
    await sql`update service_states set version = version + 1, heartbeat_count = 7
      where service_id = (select id from services where key = 'untold')`.execute(two.database.db)
    await one.clock.advance(LOOK_MS + SECOND)
    await until(services, ({ serviceKey, service }) => serviceKey === 'untold' && service?.heartbeatCount === 7)
  })

  test('a burst is told as such, and words of strangers on the line are no harm', async () => {
    await sql`select pg_notify('stillbeat', 'banana'), pg_notify('stillbeat', '{"from":1,"topics":[]}'),
      pg_notify('stillbeat', '{"from":"x","topics":{"unheard":["of"]}}')`.execute(two.database.db)
    const services = await watchEvents(one, 'onHeartbeat')
    await one.clock.advance(LOOK_MS)
    const keys = Array.from({ length: 150 }, (_, index) => `burst-${index}`)
    await Promise.all(keys.map((key) => two.beat(key)))
    const missing = new Set(keys)
    while (missing.size > 0) missing.delete((await soon(services)).serviceKey)
  })

  /** The next event, while the clock goes on slowly. */
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

  /** News of what was before may come first. */
  async function until<T>(events: Events<T>, isMeant: (data: T) => boolean): Promise<void> {
    while (!isMeant(await soon(events))) {}
  }
})

/** Ends the connections on which a server waits for hints. */
async function cutLine({ database }: TestApp): Promise<void> {
  await sql`select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = ${database.name} and query ~* '^(un)?(listen|notify)'`.execute(database.db)
  await expect.poll(() => database.hintLine.isOpen()).toBe(false)
}

async function untilHeard(...apps: TestApp[]): Promise<void> {
  for (const { database } of apps) await vi.waitUntil(() => database.hintLine.isOpen(), { timeout: 20_000 })
}
