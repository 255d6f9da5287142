import { cpuOfDatabase } from '../tools/cpu.ts'
import { connect, createDatabase } from '../tools/database.ts'
import { emptyPosts, type Fired, fire, heartbeats, type Load } from '../tools/load.ts'
import { startEmptyRoute, startMonitor } from '../tools/process.ts'
import type { Row } from '../tools/table.ts'

const SERVICES = 1_000
const SECONDS = 8
const WARM_UP_SECONDS = 3
/** The load of three hundred thousand services that send a heartbeat every five minutes. */
const STEADY_PER_SECOND = 1_000

/** The CPU time of a heartbeat, in the server and in PostgreSQL, as a multiple of that of an empty request. */
export async function cost(): Promise<Row[]> {
  const place = await createDatabase()
  // An hour of silence is allowed, so that no service goes down while others are measured.
  const monitor = await startMonitor({ ...place, MIN_SILENCE_SECONDS: '3600' })
  const empty = await startEmptyRoute()
  const client = await connect(place)
  const load = { url: monitor.url, requests: heartbeats(SERVICES) }
  await fire({ ...load, seconds: WARM_UP_SECONDS })
  await fire({ url: empty.url, requests: emptyPosts(), seconds: WARM_UP_SECONDS })

  const bare = await spent({ url: empty.url, requests: emptyPosts(), seconds: SECONDS }, empty.cpu)
  const full = await spent({ ...load, seconds: SECONDS }, monitor.cpu, () => cpuOfDatabase(client))
  const steady = await spent({ ...load, seconds: SECONDS, perSecond: STEADY_PER_SECOND }, monitor.cpu, () =>
    cpuOfDatabase(client),
  )
  await empty.stop()
  await monitor.stop()
  return [row('cost, as many as go', full, bare, 6), row(`cost at ${STEADY_PER_SECOND}/s`, steady, bare, 20)]
}

interface Spent extends Fired {
  /** CPU time in microseconds per request. */
  server: number
  database: number
}

async function spent(load: Load, server: () => Promise<number>, database = async () => 0): Promise<Spent> {
  const before = [await server(), await database()] as const
  const fired = await fire(load)
  const perRequest = (ms: number) => (ms * 1000) / fired.answered
  return {
    ...fired,
    server: perRequest((await server()) - before[0]),
    database: perRequest((await database()) - before[1]),
  }
}

function row(figure: string, { perSecond, server, database }: Spent, bare: Spent, atMost: number): Row {
  const made = `server ${server.toFixed(0)} µs and PostgreSQL ${database.toFixed(0)} µs at ${Math.round(perSecond)}/s; an empty request ${bare.server.toFixed(0)} µs`
  return { figure, value: (server + database) / bare.server, made, limit: { atMost } }
}
