import { createTRPCClient, httpLink } from '@trpc/client'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { AppRouter } from '../../server/router.ts'
import { startTestApp, type TestApp } from '../helpers/app.ts'
import { HOUR } from '../helpers/clock.ts'
import { createTestDatabase } from '../helpers/database.ts'
import { beginServer } from '../helpers/process.ts'

/** MB of heap. A server takes some 40 of them when it does nothing. */
const HEAP = 128

/** Stores what was sent, then starts a server with a small heap on it. */
async function serveInSmallHeap(seed: (app: TestApp) => Promise<void>, env: Record<string, string> = {}) {
  const home = await createTestDatabase()
  const first = await startTestApp({ beside: home })
  await seed(first)
  await first.stop()
  const server = beginServer({ ...home.env, ...env }, [`--max-old-space-size=${HEAP}`])
  const url = await server.started
  const api = createTRPCClient<AppRouter>({ links: [httpLink({ url: `${url}/trpc` })] })
  return { api, server, url }
}

const atOnce = <T>(ask: () => Promise<T>) => Promise.all(Array.from({ length: 4 }, ask))

/** 9,900 bytes, but 3,300 objects. An older version took it. */
const MANY_OBJECTS = `{"a":[${Array(3_290).fill('{}').join()}]}`
/** As long as output may be that has no control characters, but six times as long in JSON. */
const MANY_CONTROLS = JSON.stringify({ output: '\u0001'.repeat(9_900) })

test('what heartbeats carry is told page by page, and never fills the memory', { timeout: 180_000 }, async () => {
  const { api, server } = await serveInSmallHeap(async ({ api, database: { db }, clock, beat }) => {
    await Promise.all(Array.from({ length: 300 }, (_, n) => beat(`herd-${n}`)))
    await sql`update services set metadata = ${MANY_OBJECTS}::jsonb`.execute(db)
    await sql`update service_states set last_metadata = ${MANY_OBJECTS}::jsonb`.execute(db)
    for (const [key, details] of [
      ['objects', `{"metadata":${MANY_OBJECTS}}`],
      ['controls', MANY_CONTROLS],
    ] as const) {
      await beat(key)
      await sql`
        insert into heartbeats (service_id, at, kind, details)
        select id, ${sql.lit(clock.now())} - n / 2, 'log', ${details}::jsonb from services, generate_series(0, 1009) n
        where key = ${key}`.execute(db)
    }
    expect((await api.status.query({ limit: 10_000 })).services).toHaveLength(302)
  })

  for (const serviceKey of ['objects', 'controls']) {
    await atOnce(() => api.heartbeats.query({ serviceKey, limit: 1_000 }))
    const pages: number[] = []
    const gaps: (number | null)[] = []
    for (let cursor: string | undefined; ; ) {
      const page = await api.heartbeats.query({ serviceKey, limit: 1_000, ...(cursor ? { cursor } : {}) })
      pages.push(page.heartbeats.length)
      gaps.push(...page.heartbeats.map(({ gapSeconds }) => gapSeconds))
      if (page.nextCursor === null) break
      cursor = page.nextCursor
    }
    expect(pages.length).toBeGreaterThan(5)
    expect(gaps).toHaveLength(1_011)
    expect(gaps.filter((gap) => gap === null)).toHaveLength(1)
  }
  await atOnce(() => api.services.list.query({ limit: 1_000 }))
  const keys: string[] = []
  for (let cursor: string | undefined; ; ) {
    const page = await api.services.list.query({ limit: 1_000, ...(cursor ? { cursor } : {}) })
    keys.push(...page.services.map(({ serviceKey }) => serviceKey))
    if (page.nextCursor === null) break
    cursor = page.nextCursor
  }
  expect(new Set(keys).size).toBe(302)
  expect(keys).toHaveLength(302)
  expect(server.child.exitCode).toBeNull()
})

test('a past of any length is summed up, by whoever asks and in the night', { timeout: 180_000 }, async () => {
  const FLIPS = 250_000
  const { api, server } = await serveInSmallHeap(async ({ api, database: { db }, clock, beat }) => {
    await beat('flipping')
    await api.services.configure.mutate({ serviceKey: 'flipping', group: 'shop' })
    await api.groups.configure.mutate({ group: 'shop', public: true })
    await sql`update services set created_at = ${clock.now() - 5 * HOUR}`.execute(db)
    await sql`
      insert into transitions (service_id, from_status, to_status, reason, at)
      select s.id, case n % 2 when 0 then 'alive' else 'down' end, case n % 2 when 0 then 'down' else 'alive' end, 'fail',
        ${sql.lit(clock.now() - 4 * HOUR)} + n * 10
      from services s, generate_series(0, ${sql.lit(FLIPS - 1)}) n order by n`.execute(db)
  })
  const [uptimes, groups] = await Promise.all([
    atOnce(() => api.uptime.query({ serviceKey: 'flipping' })),
    atOnce(() => api.publicGroup.query({ group: 'shop' })),
  ])
  const month = uptimes[0]?.periods.at(-1)
  expect(month?.downSeconds).toBe((FLIPS / 2) * 0.01)
  expect(groups[0]?.services[0]?.periods).toHaveLength(4)
  const dayOf = async () =>
    (await api.days.query({ serviceKey: 'flipping' })).days.find(({ incidents }) => incidents > 0)
  await expect.poll(dayOf, { timeout: 60_000 }).toMatchObject({ incidents: FLIPS / 2, downSeconds: (FLIPS / 2) * 0.01 })
  await api.services.remove.mutate({ serviceKey: 'flipping' })
  expect(server.child.exitCode).toBeNull()
})
