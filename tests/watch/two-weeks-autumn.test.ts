import { expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../helpers/app.ts'
import { inBerlin as at, timeline } from '../helpers/berlin.ts'
import { createTestClock, HOUR, MINUTE, SECOND } from '../helpers/clock.ts'
import { createTestDatabase } from '../helpers/database.ts'

const env = { CHECK_INTERVAL_SECONDS: '86400', TIMEZONE: 'Europe/Berlin', DAILY_SUMMARY_TIME: '12:00' }

/** Berlin's clock is set back from 3:00 to 2:00 on 25 October, so that day's 2:15 comes twice. */
const BEGIN = at('2026-10-18T00:00')
const END = at('2026-11-01T00:00')

interface Event {
  time: number
  act(app: TestApp): Promise<unknown>
}

const signal =
  (serviceKey: string, kind: 'start' | 'success') =>
  ({ api }: TestApp) =>
    api.signal.mutate({ serviceKey, kind })
const configure =
  (serviceKey: string, schedule: string) =>
  ({ api }: TestApp) =>
    api.services.configure.mutate({ serviceKey, schedule, graceSeconds: 900 })

test('two weeks over the autumn change, with runs that hang and a restart every night', {
  timeout: 300_000,
}, async () => {
  const home = await createTestDatabase()
  const clock = createTestClock(BEGIN)
  const start = () => startTestApp({ beside: home, clock, env, proofEveryMs: 30 * MINUTE })
  let app = await start()
  const told: TestApp['told'] = []
  await configure('import', '15 2 * * *')(app)
  await configure('mail', '0 * * * *')(app)
  await configure('report', '0 2 * * *')(app)

  for (const { time, act } of [...events(), { time: END, act: async () => {} }]) {
    for (const restart of restarts.filter((one) => one >= clock.now() && one < time)) {
      await app.live(restart - clock.now())
      await app.stop()
      told.push(...app.told)
      clock.jump(20 * SECOND)
      app = await start()
    }
    await app.live(time - clock.now())
    await act(app)
  }
  told.push(...app.told)
  expect(timeline(told.filter(({ title }) => !title.endsWith(': all is well')))).toMatchInlineSnapshot(`
    [
      "2026-10-22T02:36:10.001+02:00
    🔴 Import is down
    started 02:15, has not ended (usually 10 min)",
      "2026-10-22T12:00:00.000+02:00
    📋 Thu 22 Oct: 1 needs attention
    🔴 Down (1)
    • Import — since 02:36 (9 h 24 min), started 02:15, has not ended (usually 10 min)
    🟢 Alive (3): Backup, Mail, Report",
      "2026-10-23T02:26:00.000+02:00
    🟢 Import is alive again
    was down for 23 h 50 min, 22 Oct 02:36 to 23 Oct 02:25",
      "2026-10-23T12:00:00.000+02:00
    📋 Fri 23 Oct: 1 was down
    🕓 Since the last summary (1)
    • Import — was down 22 Oct 02:36–23 Oct 02:25 (23 h 50 min, did not end in time)
    🟢 Alive (4): Backup, Import, Mail, Report",
      "2026-10-27T14:15:10.001+01:00
    🔴 Mail is down
    silent since 12:59 (1 h 16 min), expected by 14:15",
      "2026-10-27T14:59:50.000+01:00
    🟢 Mail is alive again
    was down for 45 min, 14:15 to 14:59",
      "2026-10-28T03:55:30.001+01:00
    🔴 Backup is down
    started 03:25, has not ended (usually 15 min)",
      "2026-10-28T12:00:00.000+01:00
    📋 Wed 28 Oct: 1 needs attention, 1 other was down
    🔴 Down (1)
    • Backup — since 03:55 (8 h 5 min), started 03:25, has not ended (usually 15 min)
    🕓 Since the last summary (1)
    • Mail — was down 27 Oct 14:15–14:59 (45 min, silent)
    🟢 Alive (3): Import, Mail, Report",
      "2026-10-29T03:40:10.000+01:00
    🟢 Backup is alive again
    was down for 23 h 45 min, 28 Oct 03:55 to 29 Oct 03:40",
      "2026-10-29T12:00:00.000+01:00
    📋 Thu 29 Oct: 1 was down
    🕓 Since the last summary (1)
    • Backup — was down 28 Oct 03:55–29 Oct 03:40 (23 h 45 min, did not end in time)
    🟢 Alive (4): Backup, Import, Mail, Report",
    ]
  `)
  await app.stop()
  await home.drop()
})

const nights = Array.from({ length: 14 }, (_, day) =>
  Temporal.PlainDate.from('2026-10-18').add({ days: day }).toString(),
)
const restarts = nights.map((date) => at(`${date}T03:30`))

function events(): Event[] {
  const all: Event[] = [{ time: at('2026-10-24T10:00'), act: configure('report', '0 9 * * *') }]
  for (const [night, date] of nights.entries()) {
    // Each run takes a little longer than the last one; those of the 22nd and the 28th hang.
    all.push({ time: at(`${date}T02:15`), act: signal('import', 'start') })
    all.push({ time: at(`${date}T03:25`), act: signal('backup', 'start') })
    if (date !== '2026-10-22')
      all.push({ time: at(`${date}T02:15`) + (10 * MINUTE + night * 10 * SECOND), act: signal('import', 'success') })
    if (date !== '2026-10-28') all.push({ time: at(`${date}T03:40`), act: signal('backup', 'success') })
    all.push({ time: at(`${date}T${date <= '2026-10-24' ? '02:00' : '09:00'}`), act: ({ beat }) => beat('report') })
  }
  // It beats twenty seconds before each due time, and misses one.
  for (let time = BEGIN + HOUR - 20 * SECOND; time < END; time += HOUR) {
    if (time !== at('2026-10-27T14:00') - 20 * SECOND) all.push({ time, act: ({ beat }) => beat('mail') })
  }
  return all.sort((a, b) => a.time - b.time)
}
