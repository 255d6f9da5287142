import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { expect, test } from 'vitest'
import { migrations } from '../db/migrations/index.ts'
import { openDatabase } from '../db/open.ts'
import { dayOf } from '../db/partitions.ts'
import { startTestApp } from './helpers/app.ts'
import { createTestClock, DAY, HOUR } from './helpers/clock.ts'
import { createOnServer, type TestDatabase } from './helpers/database.ts'
import { partitionsOf } from './helpers/night.ts'

test('a database from before there were figures keeps its heartbeats, and gets figures for them', async () => {
  const home = await createEmpty()
  const clock = createTestClock()
  const database = await openDatabase({ dataDir: '', ...placeOf(home) })
  const { db } = database
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } })
  const { error } = await migrator.migrateTo('0004_page')
  expect(error).toBeUndefined()
  const daysAgo = [40, 2]
  const now = clock.now()
  await sql`insert into services (key, created_at) values ('worker', ${now - 50 * DAY})`.execute(db)
  await sql`insert into service_states (service_id, status, status_since, silence_since, heartbeat_count, last_heartbeat_at, check_at)
    select id, 'alive', ${now - 50 * DAY}, ${now - DAY}, 6, ${now - DAY}, ${now} from services`.execute(db)
  for (const ago of daysAgo) {
    const day = dayOf(now) - ago
    await sql`create table ${sql.table(`heartbeats_${new Date(day * DAY).toISOString().slice(0, 10).replaceAll('-', '')}`)}
      partition of heartbeats for values from (${sql.lit(day * DAY)}) to (${sql.lit((day + 1) * DAY)})`.execute(db)
    await sql`insert into heartbeats (service_id, at)
      select id, ${day * DAY}::bigint + hour * ${HOUR} from services, generate_series(1, 3) hour`.execute(db)
  }
  await database.close()

  const app = await startTestApp({ beside: home, clock })
  await app.settled()
  const { heartbeats } = await app.api.heartbeats.query({ serviceKey: 'worker' })
  expect(heartbeats.map(({ at }) => at.slice(0, 13))).toEqual(['2026-11-21T03', '2026-11-21T02', '2026-11-21T01'])
  const { days } = await app.api.days.query({ serviceKey: 'worker', limit: 400 })
  expect(days).toHaveLength(40)
  expect(days.filter((day) => day.heartbeats === 3).map(({ date }) => date)).toEqual(['2026-11-21', '2026-10-14'])
  expect(days.at(-1)).toMatchObject({ aliveSeconds: 86_400, medianGapSeconds: 3600 })
  expect((await partitionsOf(app))[0]).toBe('2026-11-21')
  await app.stop()
  await home.drop()
})

const serverUrl = process.env.TEST_DATABASE_URL

/** A database without tables. */
async function createEmpty(): Promise<TestDatabase> {
  if (serverUrl) return createOnServer(serverUrl)
  const folder = await mkdtemp(join(tmpdir(), 'stillbeat-empty-'))
  return { env: { DATA_DIR: folder }, drop: () => rm(folder, { recursive: true, force: true }) }
}

const placeOf = ({ env }: TestDatabase) =>
  'DATABASE_URL' in env ? { url: env.DATABASE_URL } : { dataDir: env.DATA_DIR }
