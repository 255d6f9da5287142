import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { startTestApp } from '../helpers/app.ts'
import { onPostgres } from '../helpers/database.ts'

/** Everything that a database holds: its rows, its tables, its sequences. */
async function contentOf({ database: { db } }: Awaited<ReturnType<typeof startTestApp>>): Promise<string> {
  const { rows } = await sql<{ content: string }>`
    select database_to_xml(true, false, '')::text || (select json_agg(s order by sequencename) from pg_sequences s)
      as content`.execute(db)
  // Times of the job queue are the machine's, and its ids are random.
  return String(rows[0]?.content).replaceAll(/\d{4}-\d\d-\d\dT[\d:.+]+|[\da-f]{8}-[\da-f-]{27}/g, '…')
}

async function use(): Promise<Awaited<ReturnType<typeof startTestApp>>> {
  const app = await startTestApp()
  await app.beat('worker')
  await app.api.signal.mutate({ serviceKey: 'worker', kind: 'fail' })
  await app.live(3_600_000)
  return app
}

test.skipIf(onPostgres)('a test finds its database empty, whatever the one before it did', async () => {
  const first = await startTestApp()
  await first.settled()
  const fresh = await contentOf(first)
  await first.stop()

  const second = await use()
  expect(await contentOf(second)).not.toBe(fresh)
  await second.stop()

  const third = await startTestApp()
  await third.settled()
  expect(third.database.folder).toBe(second.database.folder)
  expect(await contentOf(third)).toBe(fresh)
})

test.skipIf(onPostgres)('nothing that a test left running reaches the database of the next', async () => {
  const first = await use()
  await first.stop()
  const second = await startTestApp()
  expect(second.database.folder).toBe(first.database.folder)
  await expect(sql`select 1`.execute(first.database.db)).rejects.toThrow('closed')
})

test
  .skipIf(onPostgres)
  .each([
    'alter table services add column more integer',
    'create table more (id integer)',
    "create function more() returns integer language sql as 'select 1'",
    'drop index alerts_pending',
  ])('a database whose schema a test changed is used no more, or is as it was: %s', async (change) => {
  const first = await startTestApp()
  await sql.raw(change).execute(first.database.db)
  await first.stop()
  const second = await startTestApp()
  const { rows } = await sql`
    select from pg_attribute where attname = 'more'
    union all select from pg_class where relname = 'more'
    union all select from pg_proc where proname = 'more'`.execute(second.database.db)
  expect(rows).toEqual([])
  expect(
    (await sql`select from pg_class where relname = 'alerts_pending'`.execute(second.database.db)).rows,
  ).toHaveLength(1)
})
