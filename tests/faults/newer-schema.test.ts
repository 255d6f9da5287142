import { expect, test } from 'vitest'
import { openDatabase } from '../../db/open.ts'
import { readConfig } from '../../server/config.ts'
import type { Hints } from '../../server/hints.ts'
import type { Log } from '../../server/log.ts'
import { watchSchema } from '../../server/newerSchema.ts'
import { createTestClock, HOUR } from '../helpers/clock.ts'
import { createTestDatabase } from '../helpers/database.ts'

test('a server that stops during a look at the schema logs nothing, and does not look again', async () => {
  const home = await createTestDatabase()
  const database = await openDatabase(readConfig(home.env).database)
  await database.db
    .withTables<{ kysely_migration: { name: string; timestamp: string } }>()
    .insertInto('kysely_migration')
    .values({ name: '9999_newer', timestamp: 'now' })
    .execute()
  let asked = 0
  const db = database.db.withPlugin({
    transformQuery({ node }) {
      asked += 1
      return node
    },
    transformResult: async ({ result }) => result,
  })
  const clock = createTestClock()
  const said: unknown[] = []
  const log = { error: (line: unknown) => said.push(line) } as unknown as Log
  let onStarted = async () => {}
  const on = (_: string, listener: typeof onStarted) => {
    onStarted = listener
  }
  const hints = { on, tell: () => {} } as unknown as Hints

  const leave = watchSchema({ db, clock, log, hints, about: { version: '1.0.0', startedAt: 0, database: '' } })
  const looking = clock.advance(HOUR)
  expect(asked).toBe(1)
  leave()
  await looking
  const askedInAll = asked
  await onStarted()
  await clock.advance(2 * HOUR)
  expect(asked).toBe(askedInAll)
  expect(said).toEqual([])
  await database.close()
  await home.drop()
})
