import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createClient } from '../../client/index.ts'
import { startBalancer } from '../helpers/balancer.ts'
import { createTestDatabase, onPostgres } from '../helpers/database.ts'
import { watchEvents } from '../helpers/events.ts'
import { query, report, startLoad } from '../helpers/faultLoad.ts'
import { startServer } from '../helpers/process.ts'
import { startStandIn } from '../helpers/standIn.ts'

const VICTIMS = 20

/** A message that the webhook received. */
interface Told {
  body: unknown
}

test.runIf(onPostgres)(
  'three servers on one database behind a plain proxy, one killed: no answer is lost, each change is recorded and told once, and seen everywhere',
  { timeout: 150_000 },
  async () => {
    const home = await createTestDatabase()
    const databaseUrl = (home.env as { DATABASE_URL: string }).DATABASE_URL
    const hook = await startStandIn((response) => response.writeHead(204).end())
    const env = {
      ...home.env,
      MIN_SILENCE_SECONDS: '4',
      CHECK_INTERVAL_SECONDS: '2',
      ALERT_GROUP_SECONDS: '1',
      DAILY_SUMMARY_TIME: 'off',
      ALERT_WEBHOOK_URL: `${hook.url}/alerts`,
    }
    const [one, two, three] = await Promise.all([startServer(env), startServer(env), startServer(env)])
    const urls = [one, two, three].map(({ url }) => url)
    const proxy = await startBalancer(urls)
    const api = createClient({ url: two.url })

    const tookMs = await timeAcross(one.url, two.url)

    const victims = Array.from({ length: VICTIMS }, (_, index) => `victim-${index}`)
    for (const serviceKey of victims) {
      await api.services.configure.mutate({ serviceKey, expectedPeriodSeconds: 2, graceSeconds: 2 })
      await api.heartbeat.mutate({ serviceKey })
    }
    const load = startLoad(() => [proxy], { callers: 16 })
    await expect.poll(() => load.answered()).toBeGreaterThan(200)
    // By now some victims are down, and others are not yet.
    await sleep(3_500)
    await one.end('SIGKILL')
    const before = load.answered()
    await expect.poll(() => load.answered() - before).toBeGreaterThan(200)

    const count = async (to: string) => (await transitions(to)).length
    const transitions = (to: string) =>
      query<{ key: string }>(
        databaseUrl,
        `select s.key from transitions t join services s on s.id = t.service_id
         where s.key like 'victim-%' and t.to_status = '${to}' and t.from_status <> 'unknown' order by s.key`,
      )
    const namesIn = (mark: string) => hook.asked.flatMap(({ body }: Told) => mentions(body, mark))
    await expect.poll(() => count('down'), { timeout: 40_000 }).toBe(VICTIMS)
    await expect.poll(() => namesIn('🔴').length, { timeout: 40_000 }).toBeGreaterThanOrEqual(VICTIMS)
    await Promise.all(victims.map((key) => fetch(`${proxy}/heartbeat/${key}`, { method: 'POST' })))
    await expect.poll(() => count('alive'), { timeout: 40_000 }).toBe(VICTIMS)
    await expect.poll(() => namesIn('🟢').length, { timeout: 40_000 }).toBeGreaterThanOrEqual(VICTIMS)

    const lost = await load.lost(databaseUrl)
    const told = [namesIn('🔴'), namesIn('🟢')].map((names) => names.length)
    report('three servers, one killed', {
      answered: load.answered(),
      lost,
      unanswered: load.unanswered(),
      'went down': await count('down'),
      'told down': told[0] as number,
      recovered: await count('alive'),
      'told recovered': told[1] as number,
      'a heartbeat seen on another server after': `${tookMs} ms`,
    })
    expect(lost).toBe(0)
    expect(load.strange).toEqual([])
    expect((await transitions('down')).map(({ key }) => key)).toEqual([...victims].sort())
    expect(told).toEqual([VICTIMS, VICTIMS])
    await Promise.all([two, three].map((server) => server.end('SIGTERM')))
    await home.drop()
  },
)

/** The median of five times, in milliseconds: until watchers at one server see what another has heard. */
async function timeAcross(oneUrl: string, otherUrl: string): Promise<number> {
  const events = await watchEvents({ url: oneUrl }, 'onHeartbeat', { input: { serviceKey: 'seen' } })
  const took: number[] = []
  for (let beat = 1; beat <= 5; beat++) {
    await fetch(`${otherUrl}/heartbeat/seen`, { method: 'POST' })
    const answeredAt = performance.now()
    while ((await events.next()).data.service?.heartbeatCount !== beat) {}
    took.push(performance.now() - answeredAt)
  }
  events.leave()
  return Math.round(took.sort((a, b) => a - b)[2] as number)
}

/** The victims that a message names, if its title begins with `mark`. */
function mentions(body: unknown, mark: string): string[] {
  const { title, text } = body as { title: string; text: string }
  if (!title.startsWith(mark)) return []
  return [...text.matchAll(/Victim \d+/g)].map(([name]) => name)
}
