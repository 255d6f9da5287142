import { expect, test } from 'vitest'
import type { TestApp } from '../helpers/app.ts'
import { startWithBoth } from '../helpers/both.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../helpers/clock.ts'
import { transitionsOf } from '../helpers/rhythm.ts'

const GROUP = 10 * SECOND

/** A webhook and a chat, and jobs that are due so seldom that they go down only by their own signals. */
async function start({ env = {}, keys = ['job'] }: { env?: Record<string, string>; keys?: string[] } = {}) {
  const both = await startWithBoth(env)
  for (const serviceKey of keys)
    await both.app.api.services.configure.mutate({ serviceKey, expectedPeriodSeconds: 8_640_000 })
  return both
}

const fail = async (app: TestApp, message?: string, serviceKey = 'job') => {
  await app.api.signal.mutate({ serviceKey, kind: 'fail', message })
  await app.settled()
}
const exit = async (app: TestApp, exitCode: number) => {
  await app.api.signal.mutate({ serviceKey: 'job', kind: 'fail', exitCode })
  await app.settled()
}
const succeed = async (app: TestApp) => {
  await app.api.signal.mutate({ serviceKey: 'job', kind: 'success' })
  await app.live(GROUP)
}
const configure = (app: TestApp, settings: { mutedUntil?: string | null; alertsEnabled?: boolean }) =>
  app.api.services.configure.mutate({ serviceKey: 'job', ...settings })

/** Fails for want of room, and lets that be told and an hour pass. */
async function failLongAgo(app: TestApp): Promise<void> {
  await fail(app, 'disk full')
  await app.live(GROUP)
  await app.live(HOUR + MINUTE)
}

test('five days later the same job fails for another reason, which everybody hears', async () => {
  const { app, chat, events, heard } = await start()
  await fail(app, 'disk full')
  await app.live(5 * DAY)
  await app.live(HOUR)
  await fail(app, 'database is corrupt')
  expect(chat.texts()).toEqual(['🔴 Job is down\nfailed at 12:00: disk full\n🔁 13:00: failed: database is corrupt'])
  await app.live(GROUP)
  expect(chat.texts().slice(1)).toEqual([
    '🔴 Job is down for another reason\nfailed at 13:00: database is corrupt; down since 23 Nov 12:00',
  ])
  expect(chat.said[1]?.replyTo).toBe('1')
  expect(heard()).toEqual(['down', 'changed'])
  expect(events[1]?.data.services).toMatchObject([
    {
      ...{ service_key: 'job', reason: 'fail', note: 'database is corrupt' },
      ...{ down_since: '2026-11-23T12:00:00.000+00:00', reason_since: '2026-11-28T13:00:00.000+00:00' },
      ...{ recovered_at: null, flapping: false },
    },
  ])
  await succeed(app)
  expect(heard()).toEqual(['down', 'changed', 'recovered'])
  expect(chat.texts()).toEqual([
    '✅ Job was down\nfailed at 12:00: disk full\n🔁 13:00: failed: database is corrupt\n🟢 alive again at 13:00, after 5 d 1 h',
    '✅ Job was down\nfailed at 13:00: database is corrupt; down since 23 Nov 12:00\n🟢 alive again at 13:00, after 5 d 1 h',
    '🟢 Job is alive again\nwas down for 5 d 1 h, 23 Nov 12:00 to 28 Nov 13:00',
  ])
  expect(chat.said[2]?.replyTo).toBe('2')
})

test('within the hour the alert shows the other cause at once, and there is no message', async () => {
  const { app, chat, heard } = await start()
  await exit(app, 1)
  await app.live(GROUP)
  await app.live(50 * MINUTE)
  await exit(app, 2)
  expect(chat.texts()).toEqual(['🔴 Job is down\nfailed at 12:00: exit code 1\n🔁 12:50: failed: exit code 2'])
  await app.live(DAY)
  expect(heard()).toEqual(['down'])
  await exit(app, 3)
  await app.live(GROUP)
  expect(heard()).toEqual(['down', 'changed'])
  expect(chat.texts()[0]).toBe('🔴 Job is down\nfailed at 12:00: exit code 1\n🔁 12:50: failed: exit code 3')
})

test('the hour counts from the last cause that was told', async () => {
  const { app, heard } = await start()
  await failLongAgo(app)
  await fail(app, 'database is corrupt')
  await app.live(GROUP)
  await app.live(59 * MINUTE)
  await fail(app, 'no such host')
  await app.live(GROUP)
  expect(heard()).toEqual(['down', 'changed'])
  await app.live(2 * MINUTE)
  await fail(app, 'disk full')
  await app.live(GROUP)
  expect(heard()).toEqual(['down', 'changed', 'changed'])
})

test('a silence that turns out to be a failure is told as such', async () => {
  const { app, chat, heard } = await start()
  await app.api.services.configure.mutate({ serviceKey: 'job', expectedPeriodSeconds: 300, graceSeconds: 0 })
  await app.beat('job')
  await app.live(3 * HOUR)
  await fail(app, 'out of memory')
  await app.live(GROUP)
  expect(heard()).toEqual(['down', 'changed'])
  expect(chat.texts()).toEqual([
    '🔴 Job is down\nsilent since 12:00 (5 min), expected every 5 min\n🔁 15:00: failed: out of memory',
    '🔴 Job is down for another reason\nfailed at 15:00: out of memory; down since 12:05',
  ])
  expect(await transitionsOf(app)).toEqual(['job: unknown → alive (schedule)', 'job: alive → down (silence)'])
})

test('a job that fails every night with the same words is told once, though times and ids differ', async () => {
  const { app, chat, heard } = await start()
  for (const night of [25, 26, 27]) {
    await fail(app, `2026-11-${night} 03:10:0${night % 10} job ${night}311: disk full after ${night}.25 s`)
    await app.live(DAY)
  }
  expect(heard()).toEqual(['down'])
  expect(chat.texts()[0]).toMatch(/\n🔁 12:00: failed: 2026-11-27 03:10:07 job 27311: disk full after 27.25 s$/)
  const edits = chat.edits.length
  await fail(app, '2026-11-27 03:10:07 job 27311: disk full after 27.25 s')
  await app.live(DAY)
  expect(chat.edits).toHaveLength(edits)
})

test('the page, the chat and the summary show the newest cause', async () => {
  const { app } = await start()
  await failLongAgo(app)
  await fail(app, 'database is corrupt')
  expect((await app.api.explain.query({ serviceKey: 'job' })).incident).toMatchObject({
    ...{ reason: 'fail', note: 'database is corrupt', openedAt: '2026-11-23T12:00:00.000+00:00' },
    reasonSince: '2026-11-23T13:01:10.000+00:00',
  })
  expect((await app.api.summary.query()).down).toMatchObject([{ reason: 'fail', note: 'database is corrupt' }])
  await succeed(app)
  const [past] = (await app.api.summary.query()).wasDown
  expect(past?.newest).toMatchObject([{ reason: 'fail', note: 'database is corrupt' }])
})

test('a cause is no transition, however often it comes', async () => {
  const { app } = await start()
  await Promise.all(Array.from({ length: 60 }, (_, index) => fail(app, `cause ${index}`)))
  expect(await transitionsOf(app)).toEqual(['job: unknown → down (fail)'])
  const metrics = await (await app.fetch('/metrics')).text()
  expect(metrics).toContain('stillbeat_transitions_total{to="down"} 1\n')
})

test('an alert that was not made yet tells the newest cause', async () => {
  const { app, heard, chat } = await start()
  await fail(app, 'disk full')
  await fail(app, 'database is corrupt')
  await app.live(GROUP)
  expect(chat.texts()).toEqual(['🔴 Job is down\nfailed at 12:00: database is corrupt'])
  await app.live(DAY)
  expect(heard()).toEqual(['down'])
})

test('a mute holds another cause back, and what is over by its end is not told', async () => {
  const { app, heard } = await start()
  await failLongAgo(app)
  await configure(app, { mutedUntil: new Date(app.clock.now() + 3 * HOUR).toISOString() })
  await fail(app, 'database is corrupt')
  await app.live(HOUR)
  await fail(app, 'no such host')
  expect(heard()).toEqual(['down'])
  await succeed(app)
  await app.live(3 * HOUR)
  expect(heard()).toEqual(['down', 'recovered'])
})

test.each<[string, string]>([
  ['until a time', new Date(Date.UTC(2026, 10, 23, 15)).toISOString()],
  ['until it recovers', 'recovered'],
])('after a mute %s the newest cause is told in one message', async (_title, mutedUntil) => {
  const { app, heard, chat } = await start()
  await failLongAgo(app)
  await configure(app, { mutedUntil })
  await fail(app, 'database is corrupt')
  await app.live(HOUR)
  await fail(app, 'no such host')
  await app.live(MINUTE)
  expect(heard()).toEqual(['down'])
  await app.live(HOUR)
  await configure(app, { mutedUntil: null })
  await app.live(GROUP)
  expect(heard()).toEqual(['down', 'changed'])
  expect(chat.texts()[1]).toBe('🔴 Job is down for another reason\nfailed at 14:01: no such host; down since 12:00')
})

test('of alerts that are off only the newest cause is told when they are on again, once', async () => {
  const { app, events, heard } = await start()
  await failLongAgo(app)
  await fail(app, 'database is corrupt')
  await configure(app, { alertsEnabled: false })
  await app.live(HOUR)
  await fail(app, 'no such host')
  await app.live(HOUR)
  await configure(app, { alertsEnabled: true })
  await app.live(GROUP)
  await app.live(HOUR)
  expect(heard()).toEqual(['down', 'closed', 'down'])
  expect(events.at(-1)?.body).toBe('failed at 14:01: no such host; down since 12:00')
  await succeed(app)
  expect(heard()).toEqual(['down', 'closed', 'down', 'recovered'])
})

test('who has acknowledged one cause hears of another, and it says that it was seen', async () => {
  const { app, chat, heard } = await start()
  await failLongAgo(app)
  await app.api.acknowledge.mutate({ serviceKey: 'job', by: 'Ada' })
  await fail(app, 'database is corrupt')
  await app.live(GROUP)
  expect(heard()).toEqual(['down', 'changed'])
  expect(chat.texts()[1]).toMatch(/^🔴 Job is down for another reason\n.*\n👀 seen by Ada, 13:01$/)
  expect(chat.said[1]?.actions).toEqual(['why', 'mute'])
})

test.each<[string, (app: TestApp) => Promise<unknown>, string[]]>([
  ['a recovery', (app) => succeed(app), ['down', 'recovered']],
  ['a pause', (app) => app.api.services.pause.mutate({ serviceKey: 'job' }), ['down', 'closed']],
  ['its removal', (app) => app.api.services.remove.mutate({ serviceKey: 'job' }), ['down', 'closed']],
])('%s before the message is made leaves nothing to say of another cause', async (_title, end, expected) => {
  const { app, heard } = await start()
  await failLongAgo(app)
  await fail(app, 'database is corrupt')
  await end(app)
  await app.live(HOUR)
  expect(heard()).toEqual(expected)
})

test('a paused service has no cause', async () => {
  const { app, heard } = await start()
  await failLongAgo(app)
  await app.api.services.pause.mutate({ serviceKey: 'job' })
  await fail(app, 'database is corrupt')
  await app.live(HOUR)
  expect(heard()).toEqual(['down', 'closed'])
})

test('while a service flaps, the newest cause waits for the alert that it stays down', async () => {
  const { app, chat, heard } = await start({ env: { ALERT_GROUP_SECONDS: '0' } })
  for (let time = 0; time < 5; time++) {
    await fail(app, 'disk full')
    if (time < 4) await succeed(app)
  }
  await app.live(20 * MINUTE)
  const before = heard().length
  await fail(app, 'database is corrupt')
  expect(heard()).toHaveLength(before)
  expect(chat.texts().at(-1)).toMatch(/\n🔁 12:20: failed: database is corrupt$/)
  await app.live(11 * MINUTE)
  expect(heard().slice(before)).toEqual(['down'])
  expect(chat.texts().at(-1)).toMatch(/^🔴 Job is down\nfailed at 12:20: database is corrupt; down since 12:00$/)
})

test('a failure after the service was dead is a cause of the same incident', async () => {
  const { app, heard, chat } = await start()
  const short = { expectedPeriodSeconds: 300, deadAfterSeconds: 3_600 }
  await app.api.services.configure.mutate({ serviceKey: 'job', ...short })
  await app.beat('job')
  await app.live(3 * HOUR)
  await fail(app)
  await app.live(GROUP)
  expect(heard()).toEqual(['down', 'changed'])
  expect(chat.texts()[1]).toBe('🔴 Job is down for another reason\nfailed at 15:00; down since 12:10')
})

test('several services that fail for other reasons share a message, and each line of the first shows its own', async () => {
  const { app, chat, heard } = await start({ keys: ['one', 'two', 'three'] })
  for (const key of ['one', 'two', 'three']) await fail(app, 'disk full', key)
  await app.live(GROUP)
  await app.live(2 * HOUR)
  await fail(app, 'database is corrupt', 'one')
  await fail(app, 'no such host', 'three')
  await app.live(GROUP)
  expect(heard()).toEqual(['down', 'changed'])
  expect(chat.texts()).toEqual([
    `🔴 3 services are down
• One — failed at 12:00: disk full; 🔁 14:00: failed: database is corrupt
• Two — failed at 12:00: disk full
• Three — failed at 12:00: disk full; 🔁 14:00: failed: no such host`,
    `🔴 2 services are down for other reasons
• One — failed at 14:00: database is corrupt; down since 12:00
• Three — failed at 14:00: no such host; down since 12:00`,
  ])
})

test('reminders keep their distance to the message about another cause', async () => {
  const { app, heard } = await start({ env: { REMIND_AFTER_HOURS: '4' } })
  await failLongAgo(app)
  await app.live(2 * HOUR)
  await fail(app, 'database is corrupt')
  await app.live(GROUP)
  await app.live(3 * HOUR)
  expect(heard()).toEqual(['down', 'changed'])
  await app.live(HOUR + MINUTE)
  expect(heard()).toEqual(['down', 'changed', 'reminder'])
})
