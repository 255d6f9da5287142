import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { insertAnnouncement } from '../../db/messages.ts'
import type { Delivery, Outgoing } from '../../server/delivery/notifier.ts'
import { startTestApp, type TestApp, type TestAppOptions } from '../helpers/app.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../helpers/clock.ts'
import { createTestDatabase } from '../helpers/database.ts'

const env = { ALERT_GROUP_SECONDS: '0', CHECK_INTERVAL_SECONDS: '3600', DAILY_SUMMARY_TIME: 'off' }

const refused: Delivery = { outcome: 'refused', reason: 'it answered 500', permanent: false }
const lost: Delivery = { outcome: 'lost', reason: 'it took too long' }
const unreached: Delivery = { ...refused, reason: 'ECONNREFUSED', unseen: true }
const sent: Delivery = { outcome: 'sent' }

/** A webhook that answers each message as it pleases, and notes when it got what. */
async function startWith(answer: (message: Outgoing) => Delivery, options: TestAppOptions = {}) {
  const got: { message: Outgoing; at: number; outcome: Delivery['outcome'] }[] = []
  const receiver = { answer }
  let now = () => 0
  const send = async (_address: string, message: Outgoing) => {
    const delivery = receiver.answer(message)
    got.push({ message, at: now(), outcome: delivery.outcome })
    return delivery
  }
  const channels = [{ target: 'webhook', address: 'http://example.org', notifier: { send } }]
  const app = await startTestApp({ env, channels, proofEveryMs: HOUR, ...options })
  now = app.clock.now
  const titles = (outcome?: Delivery['outcome']) =>
    got.filter((one) => outcome === undefined || one.outcome === outcome).map(({ message }) => message.title)
  return { app, got, receiver, titles }
}

/** One after the other: what is told of two at once may share a message. */
async function signal(app: TestApp, kind: 'fail' | 'success', ...keys: string[]): Promise<void> {
  for (const serviceKey of keys) {
    await app.api.signal.mutate({ serviceKey, kind })
    await app.settled()
  }
}

const isAbout = ({ data }: Outgoing, key: string) => JSON.stringify(data.services).includes(`"${key}"`)
const failed = async (app: TestApp) =>
  (await app.database.db.selectFrom('messages').select(['title', 'error']).where('state', '=', 'failed').execute()).map(
    ({ title, error }) => `${title}: ${error}`,
  )

const tastes: [string, Delivery, string][] = [
  ['is refused each time', refused, 'given up after 6 attempts: it answered 500'],
  ['gets no answer each time', lost, 'given up after 6 attempts, and may have arrived: it took too long'],
]

test.each(tastes)('a message that %s lets others pass within seconds, and few copies of it leave', async (...taste) => {
  const [, answer, error] = taste
  const { app, got, titles } = await startWith((message) => (isAbout(message, 'Köln') ? answer : sent))
  await signal(app, 'fail', 'Köln', 'harmless', 'other')
  await app.live(10 * SECOND)
  expect(titles('sent')).toEqual(['🔴 Harmless is down', '🔴 Other is down'])
  await app.live(4 * DAY)
  const copies = got.filter(({ message }) => isAbout(message, 'Köln'))
  expect(copies.map(({ at }) => Math.round((at - (copies[0]?.at ?? 0)) / SECOND))).toEqual([0, 1, 3, 63, 1_863, 45_063])
  expect(copies.slice(1).map(({ message }) => message.repeated)).toEqual(Array(5).fill(answer === lost))
  expect(await failed(app)).toEqual([`🔴 Köln is down: ${error}`])
  await signal(app, 'success', 'harmless')
  expect(titles().at(-1)).toBe('🟢 Harmless is alive again')
})

test('what the receiver takes in the end arrives once, and what is about the same service waits for it', async () => {
  const { app, receiver, titles } = await startWith((message) => (isAbout(message, 'Köln') ? refused : sent))
  await signal(app, 'fail', 'Köln', 'harmless')
  await app.live(10 * SECOND)
  await signal(app, 'success', 'Köln', 'harmless')
  expect(titles('sent')).toEqual(['🔴 Harmless is down', '🟢 Harmless is alive again'])
  receiver.answer = () => sent
  await app.live(MINUTE)
  expect(titles('sent').slice(2)).toEqual(['🔴 Köln is down', '🟢 Köln is alive again'])
  expect(await failed(app)).toEqual([])
})

test('a message about several is split once it is refused, and only what is about the refused one waits', async () => {
  const options = { env: { ...env, ALERT_GROUP_SECONDS: '10' } }
  const { app, titles, receiver } = await startWith((message) => (isAbout(message, 'b') ? refused : sent), options)
  await signal(app, 'fail', 'a', 'b')
  await app.live(15 * SECOND)
  await signal(app, 'fail', 'c')
  await signal(app, 'success', 'a')
  await app.live(15 * SECOND)
  expect(titles('sent')).toEqual(['🔴 A is down', '🔴 C is down', '🟢 A is alive again'])
  receiver.answer = () => sent
  await app.live(MINUTE)
  expect(titles('sent')).toEqual(['🔴 A is down', '🔴 C is down', '🟢 A is alive again', '🔴 B is down'])
})

const grouped: TestAppOptions = { env: { ...env, ALERT_GROUP_SECONDS: '10' } }

test('one line that the receiver never takes keeps nobody else of its message silent', async () => {
  const { app, got, titles } = await startWith((message) => (message.body.includes('Köln') ? refused : sent), grouped)
  await app.api.signal.mutate({ serviceKey: 'k', kind: 'fail', message: 'Köln' })
  await signal(app, 'fail', 'z', 'y', 'x', 'w')
  await app.live(MINUTE)
  await signal(app, 'success', 'z')
  await app.live(MINUTE)
  await signal(app, 'fail', 'z')
  await app.live(MINUTE)
  const others = ['🔴 2 services are down', '🔴 Y is down', '🔴 Z is down', '🟢 Z is alive again', '🔴 Z is down']
  expect(titles('sent').toSorted()).toEqual(others.toSorted())
  await app.live(2 * DAY)
  const alone = got.filter(({ message }) => message.title === '🔴 K is down')
  expect(alone.map(({ message }) => message.body)).toEqual(Array(4).fill('failed at 12:00: Köln'))
  expect(new Set(alone.map(({ message }) => message.id)).size).toBe(1)
  expect(titles('sent')).toHaveLength(others.length)
  expect(await failed(app)).toEqual(['🔴 K is down: given up after 6 attempts: it answered 500'])
})

test('a target that refuses everything gets a message in two halves at most, and each of them once', async () => {
  const { app, got, receiver, titles } = await startWith(() => refused, grouped)
  await signal(app, 'fail', 'a', 'b', 'c', 'd')
  await app.live(8 * HOUR)
  expect(new Set(titles())).toEqual(new Set(['🔴 4 services are down', '🔴 2 services are down']))
  expect(got.length).toBeLessThan(10)
  receiver.answer = () => sent
  await signal(app, 'fail', 'e')
  await app.live(5 * MINUTE)
  const told = got.flatMap(({ message, outcome }) => (outcome === 'sent' ? (message.data.services as unknown[]) : []))
  expect(told.map((service) => (service as { service_key: string }).service_key).toSorted()).toEqual([...'abcde'])
})

test('a message whose content is refused for good is told in pieces, and only the refused one is lost', async () => {
  const unfit: Delivery = { outcome: 'refused', reason: 'it answered 422', permanent: true, ofMessage: true }
  const { app, got, titles } = await startWith((message) => (isAbout(message, 'k') ? unfit : sent), grouped)
  await signal(app, 'fail', 'z', 'k', 'y', 'x')
  await app.live(MINUTE)
  expect(titles('sent')).toEqual(['🔴 Z is down', '🔴 2 services are down'])
  expect(got).toHaveLength(5)
  expect(await failed(app)).toEqual(['🔴 K is down: it answered 422'])
})

test('a message that may have arrived stays whole, and says that it is repeated', async () => {
  const { app, receiver, titles, got } = await startWith(() => lost, grouped)
  await signal(app, 'fail', 'a', 'b')
  await app.live(20 * SECOND)
  receiver.answer = () => sent
  await app.live(2 * MINUTE)
  expect(titles('sent')).toEqual(['🔴 2 services are down'])
  expect(got.at(-1)?.message.repeated).toBe(true)
})

test('a piece of a message is acted on, edited and replied to by itself', async () => {
  const edits: string[] = []
  const replies: (string | undefined)[] = []
  let number = 0
  const notifier = {
    send: async (_address: string, { title, replyTo, body }: Outgoing): Promise<Delivery> => {
      if (body.includes('Köln')) return refused
      if (title.includes('alive')) replies.push(replyTo)
      number += 1
      return { outcome: 'sent', reference: `${title} ${number}` }
    },
    edit: async (_address: string, reference: string, { title, body }: Outgoing): Promise<Delivery> => {
      edits.push(`${reference}: ${title} ${body.split('\n').at(-1)}`)
      return sent
    },
  }
  const app = await startTestApp({
    ...grouped,
    proofEveryMs: HOUR,
    channels: [{ target: 'chat', address: 'c', notifier }],
  })
  await app.api.signal.mutate({ serviceKey: 'k', kind: 'fail', message: 'Köln' })
  await signal(app, 'fail', 'z')
  await app.live(MINUTE)
  edits.length = 0
  const { id, created_at: at } = await app.database.db
    .selectFrom('messages')
    .select(['id', 'created_at'])
    .where('title', '=', '🔴 Z is down')
    .executeTakeFirstOrThrow()
  const seen = await app.api.acknowledgeAlert.mutate({ alertId: `${at}-${id}` })
  expect(seen.services.map(({ serviceKey }) => serviceKey)).toEqual(['z'])
  await signal(app, 'success', 'z')
  await app.live(MINUTE)
  expect(replies).toEqual(['🔴 Z is down 1'])
  expect(edits.at(-1)).toBe('🔴 Z is down 1: ✅ Z was down 🟢 alive again at 12:01, after 1 min')
})

test('a message that is refused again and again does not hold up its own service for half a day', async () => {
  const { app, titles } = await startWith((message) => (message.title === '🔴 A is down' ? refused : sent))
  await signal(app, 'fail', 'a')
  await app.live(10 * SECOND)
  await signal(app, 'fail', 'b')
  await app.live(33 * MINUTE)
  await signal(app, 'success', 'a')
  expect(titles('sent')).toEqual(['🔴 B is down'])
  // It is known now that others get through.
  await signal(app, 'fail', 'c')
  await app.live(MINUTE)
  await signal(app, 'fail', 'd')
  expect(titles('sent')).toEqual(['🔴 B is down', '🔴 C is down', '🟢 A is alive again', '🔴 D is down'])
  expect(await failed(app)).toEqual([
    '🔴 A is down: given up, since a later message about the same service waits: it answered 500',
  ])
})

test('a summary waits for nothing, and nothing waits for it', async () => {
  const options = { env: { ...env, DAILY_SUMMARY_TIME: '12:30' } }
  const { app, titles, receiver } = await startWith(
    (message) => (message.data.event === 'down' ? refused : sent),
    options,
  )
  await signal(app, 'fail', 'a')
  await app.live(HOUR)
  expect(titles('sent')).toEqual([expect.stringContaining('📋')])
  receiver.answer = (message) => (message.data.event === 'summary' ? refused : sent)
  await app.live(DAY)
  await signal(app, 'success', 'a')
  await app.live(MINUTE)
  expect(titles('sent').at(-1)).toBe('🟢 A is alive again')
})

test('a target that is away is tried seldom, whoever waits, and then gets everything in order', async () => {
  const { app, got, receiver, titles } = await startWith(() => unreached)
  const keys = ['a', 'b', 'c', 'd', 'e']
  await signal(app, 'fail', ...keys)
  await app.live(12 * HOUR)
  expect(new Set(titles())).toEqual(new Set(['🔴 A is down']))
  expect(got.length).toBeLessThan((12 * HOUR) / (5 * MINUTE) + 12)
  receiver.answer = () => sent
  await app.live(5 * MINUTE)
  expect(titles('sent')).toEqual(['A', 'B', 'C', 'D', 'E'].map((name) => `🔴 ${name} is down`))
})

test.each([
  ['refuses everything', refused],
  ['answers nothing', lost],
])('a target that %s for a night gets everything soon after it is back', async (_title, answer) => {
  const { app, got, receiver, titles } = await startWith(() => answer)
  await signal(app, 'fail', 'a', 'b', 'c')
  await app.live(8 * HOUR)
  // Fifteen copies in all, rather than one every five minutes.
  expect(got).toHaveLength(15)
  receiver.answer = () => sent
  await signal(app, 'fail', 'd')
  await app.live(5 * MINUTE)
  expect(titles('sent').toSorted()).toEqual(['A', 'B', 'C', 'D'].map((name) => `🔴 ${name} is down`))
  expect(await failed(app)).toEqual([])
})

test('a message that was set aside stays so over a restart', async () => {
  const home = await createTestDatabase()
  const first = await startWith(() => refused, { beside: home })
  await signal(first.app, 'fail', 'a')
  await first.app.live(4 * SECOND)
  await first.app.stop()
  const second = await startWith(() => sent, { beside: home, clock: first.app.clock })
  await second.app.live(50 * SECOND)
  expect(second.titles()).toEqual([])
  await second.app.live(20 * SECOND)
  expect(second.titles()).toEqual(['🔴 A is down'])
  await second.app.stop()
  await home.drop()
})

test('nothing is given up that was never attempted, unless nobody sends there any more', async () => {
  const { app, receiver, titles } = await startWith(() => unreached)
  const parts = [{ title: 'gone', body: '', data: {} }]
  const post = { event: 'down', subject: null, at: app.clock.now() - 4 * DAY, targets: ['telegram:gone'], parts }
  await app.database.db.transaction().execute((trx) => insertAnnouncement(trx, post))
  const keys = Array.from({ length: 20 }, (_, index) => `s${index}`)
  await signal(app, 'fail', ...keys)
  expect(await failed(app)).toEqual(['gone: given up after three days'])
  await sql`update messages set created_at = created_at - ${4 * DAY}`.execute(app.database.db)
  await app.live(30 * MINUTE)
  const tried = titles()
  receiver.answer = () => sent
  await app.live(10 * MINUTE)
  const givenUp = (await failed(app)).slice(1)
  expect(givenUp.length).toBeGreaterThan(0)
  for (const one of givenUp) expect(tried).toContain(one.split(':')[0])
  expect(titles('sent')).toHaveLength(20 - givenUp.length)
})

test('a message that kills its server each time is given up', async () => {
  const { app, titles, receiver } = await startWith(() => unreached)
  await signal(app, 'fail', 'deadly')
  receiver.answer = () => sent
  await sql`update messages set copies = 6, refusals = 6, unanswered = true, attempted_at = ${app.clock.now()}`.execute(
    app.database.db,
  )
  await signal(app, 'success', 'deadly')
  await app.live(9 * MINUTE)
  expect(titles('sent')).toEqual([])
  await app.live(2 * HOUR)
  expect(titles('sent')).toEqual(['🟢 Deadly is alive again'])
  expect(await failed(app)).toEqual([expect.stringContaining('the server stopped during each of its attempts')])
})

test('while three hundred messages wait behind one that is refused, the next one is found quickly', async () => {
  /** How long three hundred messages take, behind one that gets this answer. */
  async function took(answer: Delivery): Promise<number> {
    const { app, got } = await startWith((message) => (message.title === 'm0' ? answer : sent))
    const { db } = app.database
    const parts = Array.from({ length: 300 }, (_, index) => ({
      title: `m${index}`,
      body: '',
      data: { event: 'down', services: [{ service_key: `s${index}` }] },
    }))
    const post = { event: 'down', subject: null, at: app.clock.now(), targets: ['webhook'], parts }
    await db.transaction().execute((trx) => insertAnnouncement(trx, post))
    const began = performance.now()
    await signal(app, 'fail', 'kick')
    await app.live(10 * SECOND)
    expect(got.filter(({ outcome }) => outcome === 'sent')).toHaveLength(answer === sent ? 301 : 300)
    return performance.now() - began
  }
  // The machine may be busy, so both are measured on it.
  expect(await took(refused)).toBeLessThan(7 * (await took(sent)))
})
