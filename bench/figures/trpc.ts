import { createDatabase } from '../tools/database.ts'
import { emptyCalls, fire, trpcHeartbeats } from '../tools/load.ts'
import { startEmptyTrpc, startMonitor } from '../tools/process.ts'
import { paired } from '../tools/rounds.ts'
import type { Row } from '../tools/table.ts'

const SERVICES = 1_000
const ROUNDS = 3
const SECONDS = 4
const WARM_UP_SECONDS = 3

/**
 * Heartbeats per second through tRPC, as a fraction of the calls per second of an empty procedure behind the same
 * adapter.
 */
export async function trpcHeartbeat(): Promise<Row[]> {
  const monitor = await startMonitor(await createDatabase())
  const empty = await startEmptyTrpc()
  const ours = async (seconds: number) =>
    (await fire({ url: monitor.url, requests: trpcHeartbeats(SERVICES), seconds })).perSecond
  const theirs = async (seconds: number) => (await fire({ url: empty.url, requests: emptyCalls(), seconds })).perSecond

  await theirs(WARM_UP_SECONDS)
  await ours(WARM_UP_SECONDS)
  const { ratio, ...rates } = await paired(
    ROUNDS,
    () => ours(SECONDS),
    () => theirs(SECONDS),
  )
  const made = `${Math.round(rates.ours)}/s of ${Math.round(rates.theirs)}/s`
  return [{ figure: 'trpc heartbeat', value: ratio, made, limit: { atLeast: 0.35, aim: 0.6 } }]
}
