import { expect, test } from 'vitest'
import { startTestApp } from '../helpers/app.ts'
import { inBerlin as at, timeline } from '../helpers/berlin.ts'
import { createTestClock, HOUR, MINUTE } from '../helpers/clock.ts'
import { createTestDatabase } from '../helpers/database.ts'

const env = { CHECK_INTERVAL_SECONDS: '86400', TIMEZONE: 'Europe/Berlin', DAILY_SUMMARY_TIME: '02:30' }

/** The services, and when they beat. Times are Berlin's, where the clock jumps from 2:00 to 3:00 on 29 March. */
const services = [
  { key: 'web', everyMs: 30 * MINUTE, from: '2026-03-20T12:00', silent: [['2026-03-21T10:00', '2026-03-21T14:00']] },
  { key: 'old-bot', everyMs: HOUR, from: '2026-03-20T12:00', silent: [['2026-03-21T20:00', '2026-05-01T00:00']] },
  {
    key: 'backup',
    nightly: '01:30',
    silent: [
      ['2026-03-24T00:00', '2026-03-24T23:00'],
      ['2026-03-31T00:00', '2026-03-31T23:00'],
    ],
  },
  { key: 'report', nightly: '02:15', silent: [['2026-03-30T00:00', '2026-03-30T23:00']] },
] as const
const BEGIN = at('2026-03-20T12:00')
const END = at('2026-04-03T12:00')
const OUTAGE = [at('2026-03-24T01:00'), at('2026-03-24T04:00')] as const

test('two weeks over a clock change, with everything that people were told', { timeout: 180_000 }, async () => {
  const home = await createTestDatabase()
  const clock = createTestClock(BEGIN)
  const start = () => startTestApp({ beside: home, clock, env, proofEveryMs: 30 * MINUTE })
  let app = await start()
  const told = [...app.told]
  await app.api.services.configure.mutate({ serviceKey: 'backup', schedule: '30 1 * * *', graceSeconds: 900 })
  await app.api.services.configure.mutate({ serviceKey: 'report', schedule: '15 2 * * *', graceSeconds: 900 })

  for (const { key, time } of heartbeats()) {
    if (time > OUTAGE[0] && time < OUTAGE[1]) continue
    if (clock.now() <= OUTAGE[0] && time >= OUTAGE[1]) {
      await app.live(OUTAGE[0] - clock.now())
      await app.stop()
      told.push(...app.told)
      clock.jump(OUTAGE[1] - clock.now())
      app = await start()
    }
    await app.live(time - clock.now())
    await app.beat(key)
  }
  await app.live(END - clock.now())
  told.push(...app.told)
  expect(timeline(told)).toMatchInlineSnapshot(`
    [
      "2026-03-21T02:30:00.000+01:00
    📋 Sat 21 Mar: all is well
    🟢 Alive (4): Backup, Old Bot, Report, Web",
      "2026-03-21T10:30:10.001+01:00
    🔴 Web is down
    silent since 09:30 (1 h), usually every 30 min",
      "2026-03-21T14:00:10.000+01:00
    🟢 Web is alive again
    was down for 3 h 30 min, 10:30 to 14:00",
      "2026-03-21T21:00:10.001+01:00
    🔴 Old Bot is down
    silent since 19:00 (2 h), usually every 1 h",
      "2026-03-22T02:30:00.000+01:00
    📋 Sun 22 Mar: 1 needs attention, 1 other was down
    🔴 Down (1)
    • Old Bot — since 21 Mar 21:00 (5 h 30 min), silent
    🕓 Since the last summary (1)
    • Web — was down 21 Mar 10:30–14:00 (3 h 30 min, silent)
    🟢 Alive (3): Backup, Report, Web",
      "2026-03-23T02:30:00.000+01:00
    📋 Mon 23 Mar: 1 needs attention
    🔴 Down (1)
    • Old Bot — since 21 Mar 21:00 (1 d 5 h), silent
    🟢 Alive (3): Backup, Report, Web",
      "2026-03-24T04:00:00.000+01:00
    ⚪ I was not listening 01:00–04:00 (3 h)
    3 services re-armed: that time counts as nobody's silence
    1 was already late",
      "2026-03-24T04:00:00.000+01:00
    📋 Tue 24 Mar: 1 needs attention
    🔴 Down (1)
    • Old Bot — since 21 Mar 21:00 (2 d 7 h), silent
    🟢 Alive (3): Backup, Report, Web",
      "2026-03-25T02:30:00.000+01:00
    📋 Wed 25 Mar: 1 needs attention
    🔴 Down (1)
    • Old Bot — since 21 Mar 21:00 (3 d 5 h), silent
    🟢 Alive (3): Backup, Report, Web",
      "2026-03-26T02:30:00.000+01:00
    📋 Thu 26 Mar: 1 needs attention
    🔴 Down (1)
    • Old Bot — since 21 Mar 21:00 (4 d 5 h), silent
    🟢 Alive (3): Backup, Report, Web",
      "2026-03-27T02:30:00.000+01:00
    📋 Fri 27 Mar: 1 needs attention
    🔴 Down (1)
    • Old Bot — since 21 Mar 21:00 (5 d 5 h), silent
    🟢 Alive (3): Backup, Report, Web",
      "2026-03-28T02:30:00.000+01:00
    📋 Sat 28 Mar: 1 needs attention
    🔴 Down (1)
    • Old Bot — since 21 Mar 21:00 (6 d 5 h), silent
    🟢 Alive (3): Backup, Report, Web",
      "2026-03-29T03:30:00.000+02:00
    📋 Sun 29 Mar: 1 needs attention
    ⚫ Newly dead (1)
    • Old Bot — last heard 21 Mar 19:00
    🟢 Alive (3): Backup, Report, Web",
      "2026-03-30T02:30:00.000+02:00
    📋 Mon 30 Mar: nothing new
    🟢 Alive (3): Backup, Report, Web
    ⚫ Dead (1): Old Bot",
      "2026-03-30T02:30:10.001+02:00
    🔴 Report is down
    silent since 29 Mar 03:01 (23 h 29 min), expected by 02:30",
      "2026-03-31T01:45:10.001+02:00
    🔴 Backup is down
    silent since 30 Mar 01:31 (1 d), expected by 01:45",
      "2026-03-31T02:16:10.000+02:00
    🟢 Report is alive again
    was down for 23 h 46 min, 30 Mar 02:30 to 31 Mar 02:16",
      "2026-03-31T02:30:00.000+02:00
    📋 Tue 31 Mar: 1 needs attention, 1 other was down
    🔴 Down (1)
    • Backup — since 01:45 (45 min), silent
    🕓 Since the last summary (1)
    • Report — was down 30 Mar 02:30–31 Mar 02:16 (23 h 46 min, silent)
    🟢 Alive (2): Report, Web
    ⚫ Dead (1): Old Bot",
      "2026-04-01T01:31:10.000+02:00
    🟢 Backup is alive again
    was down for 23 h 46 min, 31 Mar 01:45 to 1 Apr 01:31",
      "2026-04-01T02:30:00.000+02:00
    📋 Wed 1 Apr: 1 was down
    🕓 Since the last summary (1)
    • Backup — was down 31 Mar 01:45–1 Apr 01:31 (23 h 46 min, silent)
    🟢 Alive (3): Backup, Report, Web
    ⚫ Dead (1): Old Bot",
      "2026-04-02T02:30:00.000+02:00
    📋 Thu 2 Apr: nothing new
    🟢 Alive (3): Backup, Report, Web
    ⚫ Dead (1): Old Bot",
      "2026-04-03T02:30:00.000+02:00
    📋 Fri 3 Apr: nothing new
    🟢 Alive (3): Backup, Report, Web
    ⚫ Dead (1): Old Bot",
    ]
  `)
  await app.stop()
  await home.drop()
})

function heartbeats(): { key: string; time: number }[] {
  const beats = services.flatMap((service) => {
    const times = 'nightly' in service ? nights(service.nightly) : steps(at(service.from), service.everyMs)
    const isSilent = (time: number) => service.silent.some(([from, to]) => time >= at(from) && time < at(to))
    return times.filter((time) => !isSilent(time)).map((time) => ({ key: service.key, time }))
  })
  return beats.sort((a, b) => a.time - b.time)
}

const steps = (from: number, everyMs: number) =>
  Array.from({ length: Math.ceil((END - from) / everyMs) }, (_, index) => from + index * everyMs)

/** The ends of a nightly job that takes a minute. When the clock skips its time, it runs right after the jump. */
const nights = (time: string) =>
  Array.from({ length: 14 }, (_, night) => {
    const date = Temporal.PlainDate.from('2026-03-21').add({ days: night })
    const isSkipped = date.toString() === '2026-03-29' && time.startsWith('02')
    return at(`${date}T${isSkipped ? '03:00' : time}`) + MINUTE
  }).filter((moment) => moment < END)
