import { createDatabase, open } from '../tools/database.ts'
import { fire, heartbeats } from '../tools/load.ts'
import { startMonitor } from '../tools/process.ts'
import { paired } from '../tools/rounds.ts'
import { seedServices } from '../tools/seed.ts'
import type { Row } from '../tools/table.ts'

const FEW = 1_000
/** Ten times what a server's cache holds. Each is heard in turn, so that every look-up misses the cache. */
const MANY = 200_000
const ROUNDS = 3
const SECONDS = 4

/** Heartbeats per second of more services than the cache holds, as a fraction of those of a few services. */
export async function spread(): Promise<Row[]> {
  const place = await createDatabase()
  await (await open(place)).close()
  await seedServices(place, 1, MANY)
  const monitor = await startMonitor(place)
  const few = heartbeats(FEW)
  const many = heartbeats(MANY).slice(FEW)
  const rate = async (requests: typeof few) => (await fire({ url: monitor.url, requests, seconds: SECONDS })).perSecond
  await rate(few)
  const { ratio, ours, theirs } = await paired(
    ROUNDS,
    () => rate(many),
    () => rate(few),
  )
  await monitor.stop()
  const made = `${Math.round(ours)}/s of ${Math.round(theirs)}/s`
  return [{ figure: 'heartbeats of many services', value: ratio, made, limit: { atLeast: 0.3 } }]
}
