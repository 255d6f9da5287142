import { startBotApi } from '../../tests/helpers/botApi.ts'
import { onCleanup } from '../tools/cleanup.ts'
import { connect, createDatabase, open } from '../tools/database.ts'
import { fire, heartbeats } from '../tools/load.ts'
import { startMonitor } from '../tools/process.ts'
import { makeDue, seedServices } from '../tools/seed.ts'
import type { Row } from '../tools/table.ts'

const SERVICES = 10_000
/** How many of them go down. The others send heartbeats. */
const DOWN = 200
const BEATS_A_SECOND = 1_000
const FIRST_DEADLINE_MS = 10_000
const SPREAD_MS = 40_000
/** The time in which alerts are grouped: the default of ALERT_GROUP_SECONDS. */
const WINDOW_MS = 10_000
const CHAT = '42'

/** How late the message about a service is sent, counted from its deadline and the grouping window, under load. */
export async function alert(): Promise<Row[]> {
  const place = await createDatabase()
  await (await open(place)).close()
  await seedServices(place, 1, SERVICES)
  const telegram = await startBotApi({ stopAfter: onCleanup })
  const deadlines = await makeDue(await connect(place), {
    services: DOWN,
    from: Date.now() + FIRST_DEADLINE_MS,
    spreadMs: SPREAD_MS,
  })
  const monitor = await startMonitor({
    ...place,
    TELEGRAM_BOT_TOKEN: telegram.token,
    TELEGRAM_CHAT_ID: CHAT,
    TELEGRAM_API_ROOT: telegram.url,
  })
  const seconds = (FIRST_DEADLINE_MS + SPREAD_MS + 2 * WINDOW_MS) / 1000
  const requests = heartbeats(SERVICES).slice(DOWN)
  const { answered } = await fire({ url: monitor.url, requests, seconds, perSecond: BEATS_A_SECOND })
  await monitor.stop()

  const beyond: number[] = []
  for (const { text, at } of telegram.accepted) {
    for (const [, number] of text.matchAll(/Svc (\d+)/g))
      beyond.push(at - Number(deadlines.get(Number(number))) - WINDOW_MS)
  }
  if (beyond.length !== DOWN) throw new Error(`${beyond.length} alerts were told of ${DOWN}`)
  const sorted = beyond.toSorted((a, b) => a - b).map((ms) => ms / 1000)
  const p99 = sorted[Math.floor(0.99 * (DOWN - 1))] as number
  const made = `${DOWN} services in ${telegram.accepted.length} messages, at most ${sorted.at(-1)?.toFixed(2)} s; ${(answered / seconds).toFixed(0)} heartbeats/s`
  return [{ figure: 'alert beyond its window, 99 of 100', value: p99, made, unit: 's', limit: { atMost: 1.5 } }]
}
