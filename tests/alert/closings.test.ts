import { expect, test } from 'vitest'
import { createTelegramNotifier } from '../../bot/alert/notifier.ts'
import type { Outgoing } from '../../server/delivery/notifier.ts'
import { startTestApp, type TestApp } from '../helpers/app.ts'
import { startBotApi } from '../helpers/botApi.ts'
import { HOUR, MINUTE, SECOND } from '../helpers/clock.ts'
import { remember } from '../helpers/told.ts'

const env = { ALERT_GROUP_SECONDS: '10', CHECK_INTERVAL_SECONDS: '3600', DAILY_SUMMARY_TIME: 'off' }

/** A webhook and a chat, as a server with both has them. A chat gets one message a second, by the machine's clock. */
async function start({ hasChat = true } = {}) {
  const events: Outgoing[] = []
  const botApi = await startBotApi()
  const webhook = { target: 'webhook', address: 'http://example.org', notifier: remember(events) }
  const telegram = {
    target: 'telegram:7',
    address: '7',
    notifier: createTelegramNotifier({ token: botApi.token, apiRoot: botApi.url }),
  }
  const app = await startTestApp({
    env,
    proofEveryMs: HOUR,
    channels: hasChat ? [webhook, telegram] : [webhook],
  })
  for (const serviceKey of ['job', 'other'])
    await app.api.services.configure.mutate({ serviceKey, expectedPeriodSeconds: 864_000 })
  const heard = () =>
    events.map(({ data }) => {
      const [service] = data.services as { service_key: string; close_reason?: string }[]
      return [data.event, service?.close_reason].filter(Boolean).join(': ')
    })
  const chat = () => botApi.messages(7).map(({ text }) => text.split('\n')[0])
  return { app, events, heard, chat }
}

const signal = async (app: TestApp, kind: 'fail' | 'success', serviceKey = 'job') => {
  await app.api.signal.mutate({ serviceKey, kind })
  await app.live(10 * SECOND)
}
const alertsOf = async (app: TestApp, alertsEnabled: boolean) => {
  await app.api.services.configure.mutate({ serviceKey: 'job', alertsEnabled })
  await app.live(10 * SECOND)
}
const pause = async (app: TestApp, serviceKey = 'job') => {
  await app.api.services.pause.mutate({ serviceKey })
  await app.live(10 * SECOND)
}
async function flap(app: TestApp, times: number): Promise<void> {
  for (let time = 0; time < times; time++) {
    await signal(app, 'fail')
    await signal(app, 'success')
  }
}

test('a recovery says when and that it is one, as it always did', async () => {
  const { app, events, heard } = await start()
  await signal(app, 'fail')
  await signal(app, 'success')
  expect(heard()).toEqual(['down', 'recovered: recovered'])
  expect(events[0]?.data.services).toMatchObject([{ recovered_at: null }])
  const recoveredAt = '2026-11-23T12:00:10.000+00:00'
  expect(events[1]?.data.services).toMatchObject([
    { service_key: 'job', recovered_at: recoveredAt, closed_at: recoveredAt, down_seconds: 10, reason: 'fail' },
  ])
})

test('a webhook hears that an incident ended by a pause; the chat sees it in the alert', async () => {
  const { app, events, heard, chat } = await start()
  await signal(app, 'fail')
  await pause(app)
  await app.api.services.resume.mutate({ serviceKey: 'job' })
  await signal(app, 'success')
  expect(heard()).toEqual(['down', 'closed: paused'])
  expect(events[1]).toMatchObject({ title: '⏸ Job was down', body: 'paused at 12:00, after 10 s' })
  expect(events[1]?.data.services).toMatchObject([
    { recovered_at: null, closed_at: '2026-11-23T12:00:10.000+00:00', close_reason: 'paused' },
  ])
  expect(chat()).toEqual(['⏸ Job was down'])
})

test('pauses that come close together share a message, as recoveries do', async () => {
  const { app, events, heard } = await start()
  for (const serviceKey of ['job', 'other']) await app.api.signal.mutate({ serviceKey, kind: 'fail' })
  await app.live(10 * SECOND)
  for (const serviceKey of ['job', 'other']) await app.api.services.pause.mutate({ serviceKey })
  await app.live(10 * SECOND)
  expect(heard()).toEqual(['down', 'closed: paused'])
  expect(events[1]?.title).toBe('⏸ 2 services were down')
})

test('a webhook hears that a service was removed while it was down', async () => {
  const { app, events, heard, chat } = await start()
  await signal(app, 'fail')
  await app.live(HOUR)
  await app.api.services.remove.mutate({ serviceKey: 'job' })
  await app.settled()
  expect(heard()).toEqual(['down', 'closed: removed'])
  expect(events[1]).toMatchObject({ title: '🗑 Job was down', body: 'no longer watched, after 1 h' })
  expect(events[1]?.data.services).toMatchObject([{ service_key: 'job', close_reason: 'removed' }])
  expect(chat()).toEqual(['✅ Job was down'])
})

test.each<[string, (app: TestApp) => Promise<void>, string[]]>([
  [
    'before its recovery was told',
    async (app) => void (await app.api.signal.mutate({ serviceKey: 'job', kind: 'success' })),
    ['down', 'closed: removed'],
  ],
  ['after it', (app) => signal(app, 'success'), ['down', 'recovered: recovered']],
  ['after a pause', (app) => pause(app), ['down', 'closed: paused']],
])('a service that is removed %s has one end', async (_title, end, expected) => {
  const { app, heard } = await start()
  await signal(app, 'fail')
  await end(app)
  await app.api.services.remove.mutate({ serviceKey: 'job' })
  await app.live(MINUTE)
  expect(heard()).toEqual(expected)
})

test('a service of which nobody was told is removed without a word', async () => {
  const { app, heard, chat } = await start()
  await app.api.signal.mutate({ serviceKey: 'job', kind: 'fail' })
  await app.api.services.remove.mutate({ serviceKey: 'job' })
  await app.live(MINUTE)
  expect([...heard(), ...chat()]).toEqual([])
})

test('alerts that are switched off end what was told, once, whatever follows', async () => {
  const { app, events, heard, chat } = await start()
  await signal(app, 'fail')
  await alertsOf(app, false)
  expect(heard()).toEqual(['down', 'closed: alerts_off'])
  expect(events[1]).toMatchObject({ title: '🔕 Alerts about Job are off' })
  await signal(app, 'success')
  await flap(app, 2)
  await app.live(2 * HOUR)
  await alertsOf(app, true)
  expect(heard()).toEqual(['down', 'closed: alerts_off'])
  expect(chat()).toEqual(['✅ Job was down'])
})

test('what is still down when alerts are on again is told anew, and has an end of its own', async () => {
  const { app, heard } = await start()
  await signal(app, 'fail')
  await alertsOf(app, false)
  await alertsOf(app, true)
  await signal(app, 'success')
  expect(heard()).toEqual(['down', 'closed: alerts_off', 'down', 'recovered: recovered'])
})

test('alerts that were off for a moment only end nothing', async () => {
  const { app, heard } = await start()
  await signal(app, 'fail')
  await app.api.services.configure.mutate({ serviceKey: 'job', alertsEnabled: false })
  await app.settled()
  await alertsOf(app, true)
  await signal(app, 'success')
  expect(heard()).toEqual(['down', 'recovered: recovered'])
})

test('alerts that are switched off before a recovery was told still end it', async () => {
  const { app, heard } = await start()
  await signal(app, 'fail')
  await app.api.signal.mutate({ serviceKey: 'job', kind: 'success' })
  await alertsOf(app, false)
  expect(heard()).toEqual(['down', 'closed: alerts_off'])
})

test('a mute until a time holds back that a pause ended it', async () => {
  const { app, heard } = await start()
  await signal(app, 'fail')
  const mutedUntil = new Date(app.clock.now() + HOUR).toISOString()
  await app.api.services.configure.mutate({ serviceKey: 'job', mutedUntil })
  await pause(app)
  expect(heard()).toEqual(['down'])
  await app.live(HOUR)
  expect(heard()).toEqual(['down', 'closed: paused'])
})

const flapped = ['down', 'recovered: recovered']
const flappedFiveTimes = [...flapped, ...flapped, ...flapped, ...flapped, 'down']

test('flapping ends with the state at rest: alive', async () => {
  const { app, events, heard, chat } = await start()
  await flap(app, 8)
  expect(heard()).toEqual(flappedFiveTimes)
  await app.live(31 * MINUTE)
  expect(heard()).toEqual([...flappedFiveTimes, 'recovered: flapping_over'])
  expect(events.at(-1)).toMatchObject({
    title: '🟢 Job is alive again',
    body: 'was flapping, and has been steady for 30 minutes',
  })
  expect(chat().at(-1)).toBe('🟢 Job is alive again')
  await app.live(2 * HOUR)
  expect(heard()).toHaveLength(10)
})

test('flapping ends with the state at rest: down', async () => {
  const { app, heard } = await start({ hasChat: false })
  await flap(app, 6)
  await signal(app, 'fail')
  await app.live(31 * MINUTE)
  expect(heard()).toEqual([...flappedFiveTimes, 'closed: flapping_over', 'down'])
  await signal(app, 'success')
  expect(heard().slice(9)).toEqual(['closed: flapping_over', 'down', 'recovered: recovered'])
})

function endOf(events: Outgoing[]) {
  const { services } = (events.at(-1) as Outgoing).data
  const [service] = services as { closed_at: string; recovered_at: string | null }[]
  return { closedAt: Date.parse(service?.closed_at ?? ''), recoveredAt: service?.recovered_at }
}

test.each<[string, (app: TestApp) => Promise<unknown>, string]>([
  ['paused while it is down', async (app) => pause(app), 'closed: paused'],
  ['removed', (app) => app.api.services.remove.mutate({ serviceKey: 'job' }), 'closed: removed'],
  ['muted for good', (app) => alertsOf(app, false), 'closed: alerts_off'],
])('flapping of a service that is %s ends with that', async (_title, end, expected) => {
  const { app, events, heard } = await start({ hasChat: false })
  await flap(app, 6)
  await app.live(5 * MINUTE)
  if (expected === 'closed: paused') await signal(app, 'fail')
  const actedAt = app.clock.now()
  await end(app)
  await app.live(MINUTE)
  expect(heard()).toEqual([...flappedFiveTimes, expected])
  expect(endOf(events)).toEqual({ closedAt: actedAt, recoveredAt: null })
  await app.live(2 * HOUR)
  expect(heard()).toEqual([...flappedFiveTimes, expected])
})

test('flapping of a service that is paused while it is alive ends with that', async () => {
  const { app, events, heard } = await start({ hasChat: false })
  await flap(app, 6)
  await app.live(5 * MINUTE)
  const actedAt = app.clock.now()
  await pause(app)
  await app.live(2 * HOUR)
  expect(heard()).toEqual([...flappedFiveTimes, 'closed: paused'])
  expect(endOf(events)).toEqual({ closedAt: actedAt, recoveredAt: null })
  expect(events.at(-1)?.body).toBe('paused at 12:07, was down for 10 s at 12:01')
})
