import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { Db } from '../../db/schema.ts'
import { startTestApp } from '../helpers/app.ts'
import { createChat } from '../helpers/chat.ts'
import { createTestClock, MINUTE } from '../helpers/clock.ts'
import { createTestDatabase } from '../helpers/database.ts'
import { leaveAt, versions } from '../helpers/oldDatabase.ts'

const FIRST_WITH_ALERTS = '0002_alerts'
const FIRST_WITH_EDITS = '0003_edits'

test.for(versions.filter((version) => version >= FIRST_WITH_ALERTS))(
  'alerts that %s left behind go out once, and none that was sent goes out again',
  async (version) => {
    const home = await createTestDatabase()
    const clock = createTestClock()
    await leaveAt(home, version, (db) => leaveAlerts(db, { version, nowMs: clock.now() }))
    const chat = createChat()
    chat.said.push({ id: '1', text: '🔴 Sent is down\nfailed at 11:50', actions: [], replyTo: undefined })
    const app = await startTestApp({
      beside: home,
      clock,
      channels: [chat.channel],
      env: { ALERT_GROUP_SECONDS: '0', DAILY_SUMMARY_TIME: 'off' },
    })
    await app.settled()
    const downs = ['Sent', 'Waiting', 'Untold'].map((name) => `🔴 ${name} is down\nfailed at 11:50`)
    expect(chat.texts()).toEqual(downs)

    for (const key of ['sent', 'waiting', 'untold']) {
      await app.beat(key)
      await app.settled()
    }
    // The old version did not store a chat's id of a message, so that one cannot be edited.
    expect(chat.texts().map((text) => text.split('\n')[0])).toEqual([
      version < FIRST_WITH_EDITS ? '🔴 Sent is down' : '✅ Sent was down',
      '✅ Waiting was down',
      '✅ Untold was down',
      '🟢 Sent is alive again',
      '🟢 Waiting is alive again',
      '🟢 Untold is alive again',
    ])
    await app.stop()
    await home.drop()
  },
)

/** Stores three services that failed ten minutes ago: one was told, one's message waits, one has no message. */
async function leaveAlerts(db: Db, { version, nowMs }: { version: string; nowMs: number }): Promise<void> {
  const at = nowMs - 10 * MINUTE
  const run = (statement: string) => sql.raw(statement).execute(db)
  await run(`insert into services (key, created_at) values ('sent', ${at}), ('waiting', ${at}), ('untold', ${at})`)
  await run(`insert into service_states (service_id, status, status_since, silence_since, failing, check_at)
    select id, 'down', ${at}, ${at}, true, ${at} + 7 * 864e5 from services`)
  await run(`insert into transitions (service_id, from_status, to_status, reason, at)
    select id, 'unknown', 'down', 'fail', ${at} from services order by id`)
  await run(`insert into incidents (service_id, opened_at, silent_since, reason)
    select id, ${at}, ${at}, 'fail' from services order by id`)
  await run(`insert into announcements (event, at) values ('down', ${at}), ('down', ${at})`)
  await run(`insert into targets (name) values ('telegram:7')`)
  await run(`insert into alerts (incident_id, kind, recorded_at, announcement_id)
    select id, 'down', ${at}, case when id < 3 then id end from incidents order by id`)
  await run(`insert into messages (announcement_id, target, part, title, body, data, created_at, state, attempts)
    select a.announcement_id, 'telegram:7', 0, '🔴 ' || initcap(s.key) || ' is down', 'failed at 11:50',
      jsonb_build_object('event', 'down', 'part', 1, 'parts', 1, 'at', '', 'services', jsonb_build_array(jsonb_build_object('service_key', s.key, 'display_name', initcap(s.key), 'flapping', false))),
      ${at}, case s.key when 'sent' then 'sent' else 'pending' end, 1
    from alerts a join incidents i on i.id = a.incident_id join services s on s.id = i.service_id
    where a.announcement_id is not null order by a.id`)
  await run(`insert into listening (last_at, first_at) values (${nowMs}, ${at})`)
  if (version < FIRST_WITH_EDITS) return
  await run(`update alerts set part = 0, line = 0 where announcement_id is not null`)
  await run(`update messages set reference = '1', sent_to = '7' where state = 'sent'`)
}
