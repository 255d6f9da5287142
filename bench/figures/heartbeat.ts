import { countStored, createDatabase, createFolder, type Place } from '../tools/database.ts'
import { emptyPosts, type Fired, fire, heartbeats } from '../tools/load.ts'
import { startEmptyRoute, startMonitor } from '../tools/process.ts'
import { paired } from '../tools/rounds.ts'
import type { Row } from '../tools/table.ts'

const SERVICES = 1_000
const ROUNDS = 3
const SECONDS = 4
/** Long enough to register every service, since the first heartbeat of a service is slower. */
const WARM_UP_SECONDS = 3

export const heartbeatPostgres = async (): Promise<Row[]> => [
  await measure('heartbeat postgres', await createDatabase(), { atLeast: 0.2, aim: 0.5 }),
]

export const heartbeatEmbedded = async (): Promise<Row[]> => [
  await measure('heartbeat embedded', await createFolder(), { atLeast: 0.1, aim: 0.3 }),
]

/** Heartbeats per second, as a fraction of the requests per second of an empty route. */
async function measure(figure: string, place: Place, limit: Row['limit']): Promise<Row> {
  const monitor = await startMonitor(place)
  const empty = await startEmptyRoute()
  const fired: Fired[] = []
  const ours = async (seconds: number) => {
    const one = await fire({ url: monitor.url, requests: heartbeats(SERVICES), seconds })
    fired.push(one)
    return one.perSecond
  }
  const theirs = async (seconds: number) => (await fire({ url: empty.url, requests: emptyPosts(), seconds })).perSecond

  await theirs(WARM_UP_SECONDS)
  await ours(WARM_UP_SECONDS)
  const { ratio, ...rates } = await paired(
    ROUNDS,
    () => ours(SECONDS),
    () => theirs(SECONDS),
  )
  await empty.stop()
  await monitor.stop()
  const rows = await checkStored(place, fired)
  const made = `${Math.round(rates.ours)}/s of ${Math.round(rates.theirs)}/s; ${rows} stored, none lost`
  return { figure, value: ratio, made, limit }
}

/** Every heartbeat that was answered with 200 must be stored. One whose answer was cut off may be. */
async function checkStored(place: Place, fired: readonly Fired[]): Promise<number> {
  const { rows, counted } = await countStored(place)
  const answered = fired.reduce((sum, one) => sum + one.answered, 0)
  const sent = fired.reduce((sum, one) => sum + one.sent, 0)
  const told = `${answered} answered, ${sent} sent, ${rows} rows, heartbeat_count ${counted}`
  if (rows < answered) throw new Error(`${answered - rows} heartbeats were lost: ${told}`)
  if (rows !== counted || rows > sent) throw new Error(`heartbeats were counted wrongly: ${told}`)
  return rows
}
