import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { beginAttempt, settleMessage } from '../../db/attempts.ts'
import { insertAnnouncement } from '../../db/messages.ts'
import { openDatabase } from '../../db/open.ts'
import { takeLease } from '../../db/targets.ts'
import type { Delivery, Notifier, Outgoing } from '../../server/delivery/notifier.ts'
import { startTestApp, type TestApp, type TestAppOptions } from '../helpers/app.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../helpers/clock.ts'
import { createTestDatabase, onPostgres } from '../helpers/database.ts'
import { remember, textsOf } from '../helpers/told.ts'

interface Script {
  attempts: { address: string; message: Outgoing }[]
  notifier: Notifier
}

/** A channel whose first attempts have these outcomes. Later ones succeed. */
function scripted(...outcomes: Delivery[]): Script {
  const attempts: Script['attempts'] = []
  return {
    attempts,
    notifier: {
      async send(address, message) {
        attempts.push({ address, message })
        return outcomes.shift() ?? { outcome: 'sent' }
      },
    },
  }
}

const env = { ALERT_GROUP_SECONDS: '0', CHECK_INTERVAL_SECONDS: '3600', DAILY_SUMMARY_TIME: 'off' }

async function startWith(script: Script, options: TestAppOptions = {}): Promise<TestApp> {
  const channels = [{ target: 'telegram:7', address: '7', notifier: script.notifier }]
  return startTestApp({ env, channels, ...options })
}

const fail = async (app: TestApp, serviceKey: string) => {
  await app.api.signal.mutate({ serviceKey, kind: 'fail' })
  await app.settled()
}

const refused = (more: { permanent?: boolean; unseen?: boolean; retryAfterMs?: number } = {}): Delivery => ({
  outcome: 'refused',
  reason: 'Telegram refused: 500',
  permanent: false,
  ...more,
})

async function failures(app: TestApp): Promise<(string | null)[]> {
  const rows = await app.database.db.selectFrom('messages').select('error').where('state', '=', 'failed').execute()
  return rows.map(({ error }) => error)
}

const lost: Delivery = { outcome: 'lost', reason: 'no answer' }

test('what did not get through is tried again, less and less often', async () => {
  const script = scripted(...Array.from({ length: 3 }, () => refused({ unseen: true })))
  const app = await startWith(script)
  const times: number[] = []
  const began = app.clock.now()
  const send = script.notifier.send
  script.notifier.send = (...args) => {
    times.push((app.clock.now() - began) / SECOND)
    return send(...args)
  }
  await fail(app, 'first')
  await fail(app, 'second')
  await app.live(MINUTE)
  expect(times).toEqual([0, 1, 3, 7, 7])
  expect(textsOf(script.attempts.slice(-2).map(({ message }) => message))).toEqual([
    '🔴 First is down\nfailed at 12:00',
    '🔴 Second is down\nfailed at 12:00',
  ])
})

test('a wait that the other side asks for is kept', async () => {
  const script = scripted(refused({ retryAfterMs: 40 * SECOND }))
  const app = await startWith(script)
  await fail(app, 'worker')
  await app.live(39 * SECOND)
  expect(script.attempts).toHaveLength(1)
  await app.live(2 * SECOND)
  expect(script.attempts).toHaveLength(2)
})

test('only what follows a lost answer says that it is repeated', async () => {
  const script = scripted(refused(), lost, refused())
  const app = await startWith(script)
  await fail(app, 'worker')
  await app.live(2 * MINUTE)
  expect(script.attempts.map(({ message }) => message.repeated)).toEqual([false, false, true, true])
  expect(new Set(script.attempts.map(({ message }) => message.id)).size).toBe(1)
})

test('a refusal that waiting cannot heal is not tried again, is on the summary, and holds nobody up', async () => {
  const script = scripted(refused({ permanent: true }))
  const app = await startWith(script)
  await fail(app, 'first')
  await fail(app, 'second')
  await app.live(HOUR)
  expect(script.attempts.map(({ message }) => message.title)).toEqual(['🔴 First is down', '🔴 Second is down'])
  const { failingDeliveries, messages } = await app.api.summary.query()
  expect(failingDeliveries).toEqual([{ target: 'telegram:7', failed: 1, pending: 0, error: 'Telegram refused: 500' }])
  expect(messages[0]?.body).toContain('📪 Not delivered (1)\n• telegram:7 — 1 refused: Telegram refused: 500')
})

test('what has not got through for three days is given up', async () => {
  const script = scripted(...Array.from({ length: 2_000 }, () => refused({ retryAfterMs: 6 * HOUR })))
  const app = await startWith(script, { proofEveryMs: HOUR })
  await fail(app, 'worker')
  await app.live(5 * DAY)
  expect(script.attempts).toHaveLength(13)
  expect(await failures(app)).toEqual(['given up after three days: Telegram refused: 500'])
})

test('a group that became a supergroup is followed, and remembered', async () => {
  const home = await createTestDatabase()
  const script = scripted({ outcome: 'moved', to: '-100777' })
  const first = await startWith(script, { beside: home })
  await fail(first, 'first')
  await first.stop()
  const second = await startWith(script, { beside: home, clock: first.clock })
  await fail(second, 'second')
  expect(script.attempts.map(({ address, message }) => [address, message.title, message.repeated])).toEqual([
    ['7', '🔴 First is down', false],
    ['-100777', '🔴 First is down', false],
    ['-100777', '🔴 Second is down', false],
  ])
  await second.stop()
  await home.drop()
})

test('each channel is told, and one that fails does not hold up another', async () => {
  const [bad, good]: [Script, Outgoing[]] = [scripted(lost, lost), []]
  const app = await startWith(bad, {
    channels: [
      { target: 'webhook', address: 'http://example.org', notifier: bad.notifier },
      { target: 'telegram:7', address: '7', notifier: remember(good) },
    ],
  })
  await fail(app, 'worker')
  expect(good.map(({ title }) => title)).toEqual(['🔴 Worker is down'])
  await app.live(MINUTE)
  expect(bad.attempts).toHaveLength(3)
})

test('what was being sent when the server died is repeated by the next one, which says so', async () => {
  const home = await createTestDatabase()
  const { promise: begun, resolve } = Promise.withResolvers<void>()
  const { promise: never, reject: die } = Promise.withResolvers<Delivery>()
  never.catch(() => {})
  const hanging: Notifier = {
    async send() {
      resolve()
      return never
    },
  }
  const first = await startWith({ attempts: [], notifier: hanging }, { beside: home })
  await first.api.signal.mutate({ serviceKey: 'worker', kind: 'fail' })
  await begun
  await first.stop()
  die(new Error('killed'))
  const script = scripted()
  const second = await startWith(script, { beside: home, clock: first.clock })
  await second.settled()
  expect(textsOf(script.attempts.map(({ message }) => message))).toEqual([
    '🔴 Worker is down\nfailed at 12:00\nrepeated',
  ])
  await second.stop()
  await home.drop()
})

test.runIf(onPostgres)('several servers announce and send each thing once', async () => {
  const home = await createTestDatabase()
  const script = scripted()
  const servers = [await startWith(script, { beside: home })]
  for (let more = 0; more < 2; more++) {
    servers.push(await startWith(script, { beside: home, clock: (servers[0] as TestApp).clock }))
  }
  const keys = Array.from({ length: 60 }, (_, index) => `service-${index}`)
  await Promise.all(
    keys.map((serviceKey, index) => (servers[index % 3] as TestApp).api.signal.mutate({ serviceKey, kind: 'fail' })),
  )
  await (servers[0] as TestApp).live(MINUTE)
  const named = script.attempts.flatMap(({ message }) => message.data.services as { service_key: string }[])
  expect(named.map((service) => service.service_key).sort()).toEqual(keys.sort())
  for (const server of servers) await server.stop()
  await home.drop()
})

test.runIf(onPostgres)('a server that has been sending for long is not robbed of what it is sending', async () => {
  const home = await createTestDatabase()
  const app = await startWith(scripted(), { beside: home })
  const { db, name: holder } = app.database
  const other = await openDatabase({ url: (home.env as { DATABASE_URL: string }).DATABASE_URL, dataDir: '' })
  const target = 'telegram:8'
  const parts = ['one', 'two', 'three'].map((title) => ({ title, body: '', data: {} }))
  const post = { event: 'down', subject: null, at: 0, targets: [target], parts }
  await db.transaction().execute((trx) => insertAnnouncement(trx, post))

  const now = app.clock.now()
  const claims: boolean[] = [await takeLease(db, { target, holder, nowMs: now })]
  for (let message = 0; message < parts.length; message++) {
    await sql`update targets set held_since = held_since - ${4 * MINUTE}`.execute(db)
    const attempt = await beginAttempt(db, { target, address: '8', holder, nowMs: now })
    claims.push(await takeLease(other.db, { target, holder: other.name, nowMs: now }))
    const sent = { state: 'sent' as const, unanswered: false, error: null, settledAt: now }
    await db.transaction().execute((trx) => settleMessage(trx, attempt?.id ?? 0, sent))
  }
  expect(claims).toEqual([true, false, false, false])
  await other.close()
  await app.stop()
  await home.drop()
})
