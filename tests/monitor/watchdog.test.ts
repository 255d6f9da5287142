import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { Delivery } from '../../server/delivery/notifier.ts'
import type { Log } from '../../server/log.ts'
import { createWatchdog } from '../../server/watchdog/watchdog.ts'
import { startTestApp, type TestApp } from '../helpers/app.ts'
import { DAY, MINUTE } from '../helpers/clock.ts'
import { type Answer, startStandIn } from '../helpers/standIn.ts'

const thanks: Answer = (response) => response.end('OK')

test('another monitor is called once a minute while all is well, and no more once the server has stopped', async () => {
  const other = await startStandIn(thanks)
  const app = await startTestApp({ env: { WATCHDOG_URL: `${other.url}/ping/secret?from=here` } })
  await app.beat('a')
  await expect.poll(() => other.asked.length).toBe(1)
  for (let minute = 2; minute <= 4; minute++) {
    await app.pass(MINUTE)
    await expect.poll(() => other.asked.length).toBe(minute)
  }
  expect(other.asked[0]).toMatchObject({ path: '/ping/secret?from=here', headers: { 'user-agent': 'stillbeat' } })
  await app.stop()
  await app.clock.advance(5 * MINUTE)
  expect(other.asked).toHaveLength(4)
})

/** Starts a watchdog on the database of a server, with a log that the test can read. */
async function startBeside(app: TestApp, url: string, isReady = async () => {}) {
  const said: string[] = []
  const say = (sentence: string) => said.push(sentence)
  const log = { info: say, warn: say } as unknown as Log
  const channels = [
    { target: 'telegram:1', address: '1', notifier: { send: async () => ({ outcome: 'sent' }) as const } },
  ]
  const { db } = app.database
  const config = { checkIntervalMs: MINUTE, alertGroupMs: 0 } as Parameters<typeof createWatchdog>[0]['config']
  const watchdog = createWatchdog({ db, clock: app.clock, log, config, channels, isReady }, url)
  return { watchdog, said }
}

test('it falls silent while messages do not get through, and says why once', async () => {
  let outcome: Delivery = { outcome: 'refused', reason: 'chat not found', permanent: true }
  const app = await startTestApp({
    env: { ALERT_GROUP_SECONDS: '0' },
    channels: [{ target: 'telegram:1', address: '1', notifier: { send: async () => outcome } }],
  })
  const other = await startStandIn(thanks)
  await app.beat('a')
  await app.api.signal.mutate({ serviceKey: 'a', kind: 'fail' })
  await app.settled()
  const { watchdog, said } = await startBeside(app, other.url)
  watchdog.begin()
  await expect.poll(() => said).toHaveLength(1)
  await app.pass(3 * MINUTE)
  expect(said[0]).toMatch(
    /^the watchdog at 127\.0\.0\.1:\d+ is not called: messages do not reach telegram:1: chat not found$/,
  )

  outcome = { outcome: 'sent' }
  await app.beat('a')
  await app.settled()
  await app.pass(MINUTE)
  await expect.poll(() => other.asked.length).toBe(1)
  expect(said).toEqual([said[0], expect.stringMatching(/^the watchdog at .* is called again$/)])
  watchdog.stop()
})

test('it falls silent while nobody checks, and while the server is not ready', async () => {
  const app = await startTestApp()
  await app.beat('a')
  const other = await startStandIn(thanks)
  let fault: string | null = 'still starting'
  const { watchdog, said } = await startBeside(app, other.url, async () => {
    if (fault) throw new Error(fault)
  })
  watchdog.begin()
  await expect.poll(() => said).toEqual([expect.stringMatching(/is not called: still starting$/)])
  fault = null
  // A jump calls no timers, so the server does not check, and its check is overdue.
  app.clock.jump(8 * DAY)
  watchdog.begin()
  await expect.poll(() => said.at(-1)).toMatch(/is not called: no check has run since 2026-/)
  expect(other.asked).toHaveLength(0)
  watchdog.stop()
})

test('its address is a secret, and trouble with it is told once', async () => {
  const app = await startTestApp()
  const other = await startStandIn((response) => response.writeHead(500).end())
  const { watchdog, said } = await startBeside(app, `${other.url.replace('//', '//me:hunter2@')}/secret-path`)
  watchdog.begin()
  await expect.poll(() => said).toHaveLength(1)
  expect(said[0]).toMatch(/^the watchdog at 127\.0\.0\.1:\d+ answered 500$/)
  expect(other.asked[0]?.headers.authorization).toBe(`Basic ${btoa('me:hunter2')}`)
  await app.pass(2 * MINUTE)
  await expect.poll(() => other.asked.length).toBe(3)
  await other.stop()
  await app.pass(MINUTE)
  await expect.poll(() => said.length).toBe(2)
  expect(said[1]).toMatch(/^the watchdog at 127\.0\.0\.1:\d+ cannot be reached: \w+$/)
  expect(said.join()).not.toMatch(/secret|hunter2/)
  watchdog.stop()
})

test('it falls silent while alerts are not even made into messages', async () => {
  const app = await startTestApp({ env: { ALERT_GROUP_SECONDS: '0' } })
  const other = await startStandIn(thanks)
  const { db } = app.database
  await app.api.signal.mutate({ serviceKey: 'a', kind: 'fail' })
  await app.settled()
  // Now the alert is stored and unannounced, as if the announcement had failed.
  await sql`update alerts set announcement_id = null`.execute(db)
  const { watchdog, said } = await startBeside(app, other.url)
  watchdog.begin()
  await expect.poll(() => other.asked.length).toBe(1)
  app.clock.jump(11 * MINUTE)
  watchdog.begin()
  await expect.poll(() => said).toEqual([expect.stringMatching(/alerts have not been made into messages since 2026-/)])
  expect(other.asked).toHaveLength(1)
  watchdog.stop()
})
