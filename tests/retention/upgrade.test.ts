import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { dayOf } from '../../db/partitions.ts'
import { startTestApp } from '../helpers/app.ts'
import { createTestClock, DAY, HOUR } from '../helpers/clock.ts'
import { createTestDatabase } from '../helpers/database.ts'
import { partitionsOf } from '../helpers/night.ts'
import { leaveAt } from '../helpers/oldDatabase.ts'

test('a database from before there were figures keeps its heartbeats, and gets figures for them', async () => {
  const home = await createTestDatabase()
  const clock = createTestClock()
  const now = clock.now()
  await leaveAt(home, '0004_page', async (db) => {
    const daysAgo = [40, 2]
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
  })

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
