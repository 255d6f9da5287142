import { createFolder } from '../tools/database.ts'
import { startMonitor } from '../tools/process.ts'
import { medianTime, paired } from '../tools/rounds.ts'
import type { Row } from '../tools/table.ts'
import { caller } from './oneCaller.ts'

const ROUNDS = 5
const TIMES = 100
const WARM_UP_TIMES = 300

/** What EMBEDDED_FSYNC costs: the time that a single caller waits with it, as a multiple of that without it. */
export async function fsync(): Promise<Row[]> {
  const syncing = await startMonitor({ ...(await createFolder()), EMBEDDED_FSYNC: 'true' })
  const plain = await startMonitor(await createFolder())
  const durable = await caller(syncing.url)
  await medianTime(WARM_UP_TIMES, durable)
  const usual = await caller(plain.url)
  await medianTime(WARM_UP_TIMES, usual)
  const { ratio, ours, theirs } = await paired(
    ROUNDS,
    () => medianTime(TIMES, durable),
    () => medianTime(TIMES, usual),
  )
  const made = `${ours.toFixed(2)} ms against ${theirs.toFixed(2)} ms`
  // How much is up to the disk: under 1 ms for one with a battery, 10 ms and more for one that turns.
  return [{ figure: 'fsync embedded', value: ratio, made, limit: { atMost: 50, aim: 5 } }]
}
