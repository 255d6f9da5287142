import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { startTestApp } from '../helpers/app.ts'
import { HOUR } from '../helpers/clock.ts'
import { onPostgres } from '../helpers/database.ts'
import { beatAll } from '../helpers/rhythm.ts'

const MB = 1_000_000

test.skipIf(onPostgres)('the embedded database stays small, however often its rows are written', async () => {
  const app = await startTestApp()
  const { db } = app.database
  await beatAll(
    app,
    Array.from({ length: 1_000 }, (_, index) => `svc-${index}`),
  )
  const sizes = async () => {
    const { rows } = await sql<{ log: number; states: number; logged: number }>`
      select (select sum(size)::bigint from pg_ls_waldir()) as log, pg_total_relation_size('service_states') as states,
        (pg_current_wal_lsn() - '0/0')::bigint as logged`.execute(db)
    return rows[0] ?? { log: 0, states: 0, logged: 0 }
  }
  const before = await sizes()
  // It runs from noon to ten in the evening, since the nightly work would free space too.
  for (let hour = 0; hour < 10; hour++) {
    // Changing an indexed column forces each write to move the row (no HOT update).
    for (let write = 0; write < 24; write++) {
      await sql`update service_states set version = version + 1, check_at = check_at + 1`.execute(db)
    }
    await app.clock.advance(HOUR)
  }
  const after = await sizes()
  expect(after.logged - before.logged).toBeGreaterThan(50 * MB)
  expect(after.log).toBeLessThan(70 * MB)
  expect(after.states).toBeLessThan(8 * MB)
})
