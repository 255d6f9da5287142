import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { Db } from '../../db/schema.ts'
import { startTestApp } from '../helpers/app.ts'
import { createTestClock, MINUTE } from '../helpers/clock.ts'
import { createTestDatabase } from '../helpers/database.ts'
import { report } from '../helpers/faultLoad.ts'
import { leaveAt, versions } from '../helpers/oldDatabase.ts'
import { transitionsOf } from '../helpers/rhythm.ts'

test.for(versions)('a database as %s left it is brought up to date, and keeps every answer', async (version) => {
  const home = await createTestDatabase()
  const clock = createTestClock()
  await leaveAt(home, version, (db) => fillIn(db, clock.now()))
  const heartbeats = 8

  const app = await startTestApp({ beside: home, clock })
  const { services } = await app.api.status.query({})
  expect(services).toMatchObject([
    { serviceKey: 'down', displayName: 'Long gone', group: 'home', status: 'down', heartbeatCount: 4 },
    { serviceKey: 'worker', displayName: 'Worker', status: 'alive', heartbeatCount: 4, medianIntervalSeconds: 300 },
  ])
  const kept = await app.api.heartbeats.query({ serviceKey: 'worker', limit: 100 })
  expect(kept.heartbeats).toHaveLength(heartbeats / 2)
  expect(await transitionsOf(app)).toEqual(['down: unknown → alive (learned)', 'down: alive → down (silence)'])
  // The server goes on from the old data: aliases work, and what was down recovers.
  await app.beat('alias-of-down')
  await app.beat('worker')
  await app.settled()
  expect((await transitionsOf(app)).at(-1)).toBe('down: down → alive (heartbeat)')
  report(`upgrade from ${version}`, { answered: heartbeats, lost: heartbeats / 2 - kept.heartbeats.length })
  await app.stop()
  await home.drop()
})

/** Stores what every version had. Heartbeats are five minutes apart, and the gaps are varints (base 128). */
async function fillIn(db: Db, nowMs: number): Promise<void> {
  const day = Math.floor(nowMs / 86_400_000) * 86_400_000
  const gap = 5 * MINUTE
  const statements = [
    `create table heartbeats_${new Date(day).toISOString().slice(0, 10).replaceAll('-', '')} partition of heartbeats
       for values from (${day}) to (${day + 864e5})`,
    `insert into services (key, display_name, group_name, created_at) values ('worker', null, null, ${day}), ('down', 'Long gone', 'home', ${day})`,
    `insert into aliases (alias, service_id) select 'alias-of-down', id from services where key = 'down'`,
    `insert into service_states (service_id, status, status_since, heartbeat_count, last_heartbeat_at, silence_since, gaps, cadence_ms, check_at)
     select id, case key when 'down' then 'down' else 'alive' end, ${nowMs - 20 * MINUTE}, 4, heard, heard,
       decode(repeat('e0a712', 3), 'hex'), ${gap}, case key when 'down' then ${nowMs} + 7 * 864e5 else heard + ${2 * gap + 1} end
     from (select id, key, case key when 'down' then ${nowMs - 30 * MINUTE}::bigint else ${nowMs - MINUTE}::bigint end as heard from services) s`,
    `insert into heartbeats (service_id, at) select service_id, last_heartbeat_at - ${gap} * n from service_states, generate_series(0, 3) n`,
    `insert into transitions (service_id, from_status, to_status, reason, at)
     select id, 'unknown', 'alive', 'learned', ${nowMs - 30 * MINUTE} from services where key = 'down'`,
    `insert into transitions (service_id, from_status, to_status, reason, at)
     select id, 'alive', 'down', 'silence', ${nowMs - 20 * MINUTE} from services where key = 'down'`,
    `insert into listening (last_at) values (${nowMs})`,
  ]
  for (const statement of statements) await sql.raw(statement).execute(db)
}
