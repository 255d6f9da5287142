import { countStored, createDatabase, open } from '../tools/database.ts'
import { fire, heartbeats } from '../tools/load.ts'
import { startMonitor } from '../tools/process.ts'
import { seedServices } from '../tools/seed.ts'
import type { Row } from '../tools/table.ts'

const SERVICES = 10_000
const TURNS = 5
const SECONDS = 4

/** The memory of the server while ten thousand services send heartbeats, each with a full history of gaps. */
export async function memory(): Promise<Row[]> {
  const place = await createDatabase()
  await (await open(place)).close()
  await seedServices(place, 1, SERVICES)
  const monitor = await startMonitor(place)
  const held = [await monitor.memory()]
  let beats = 0
  for (let turn = 0; turn < TURNS; turn++) {
    const { answered } = await fire({ url: monitor.url, requests: heartbeats(SERVICES), seconds: SECONDS })
    beats += answered
    held.push(await monitor.memory())
  }
  await monitor.stop()
  const { rows, services } = await countStored(place)
  if (services !== SERVICES || rows < beats)
    throw new Error(`${services} services, ${rows} rows of ${beats} heartbeats`)
  const made = `${held.map((mb) => mb.toFixed(0)).join(', ')} MB after ${TURNS} turns; ${beats} heartbeats`
  return [{ figure: 'memory', value: held.at(-1) ?? 0, made, unit: 'MB', limit: { atMost: 250 } }]
}
