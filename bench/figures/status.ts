import type pg from 'pg'
import { connect, createDatabase, open } from '../tools/database.ts'
import { startMonitor } from '../tools/process.ts'
import { medianTime, paired, timed } from '../tools/rounds.ts'
import { seedServices } from '../tools/seed.ts'
import type { Row } from '../tools/table.ts'

const FEW = 10_000
const MANY = 100_000
const PAGE = 1_000
const ROUNDS = 5
const TIMES = 3

/** Selects every column that an answer is made of. */
const SELECT = `
  select s.id, s.key, s.display_name, s.group_name, s.kind, s.period_ms, s.cron, s.timezone, s.grace_ms,
    s.dead_after_ms, s.alerts_enabled, s.muted_until, s.muted_until_recovered, s.muted_by, st.version, st.status, st.status_since,
    st.heartbeat_count, st.last_heartbeat_at, st.silence_since, st.cadence_ms, st.failing, st.paused_at,
    st.pause_until_heartbeat, st.resumed_at, st.check_at
  from services s join service_states st on st.service_id = s.id order by s.key limit ${FEW}`

/**
 * The time of a status of 10,000 services, as a multiple of selecting the rows as JSON, and the memory of paging
 * 100,000.
 */
export async function status(): Promise<Row[]> {
  const place = await createDatabase()
  await (await open(place)).close()
  await seedServices(place, 1, FEW)
  const monitor = await startMonitor(place)
  const client = await connect(place)
  const doors = [
    ['trpc', trpcUrl(monitor.url, { limit: FEW })],
    ['GET /status', `${monitor.url}/status?limit=${FEW}`],
  ] as const
  const rows: Row[] = []
  for (const [door, url] of doors) rows.push(await measureTime(door, url, client))
  await monitor.stop()

  await seedServices(place, FEW + 1, MANY)
  rows.push(await measureMemory(place))
  return rows
}

async function measureTime(door: string, url: string, client: pg.Client): Promise<Row> {
  const select = async () => JSON.stringify((await client.query(SELECT)).rows)
  const shown = (await read(url)).match(/"heartbeats_?needed"/gi)?.length
  if (shown !== FEW) throw new Error(`${url} showed ${shown} services instead of ${FEW}`)
  await medianTime(TIMES, () => read(url))
  await medianTime(TIMES, select)
  const { ratio, ours, theirs } = await paired(
    ROUNDS,
    () => medianTime(TIMES, () => read(url)),
    () => medianTime(TIMES, select),
  )
  const made = `${ours.toFixed(0)} ms against ${theirs.toFixed(0)} ms`
  return { figure: `status 10,000 (${door})`, value: ratio, made, limit: { atMost: 3 } }
}

async function measureMemory(place: { DATABASE_URL: string }): Promise<Row> {
  const monitor = await startMonitor(place)
  let cursor: string | null = null
  let services = 0
  let before = 0
  let highest = 0
  const took = await timed(async () => {
    for (let page = 0; page === 0 || cursor !== null; page++) {
      if (page > MANY / PAGE) throw new Error('the pages of the status have no end')
      const input: object = cursor === null ? { limit: PAGE } : { limit: PAGE, cursor }
      const { result } = JSON.parse(await read(trpcUrl(monitor.url, input)))
      cursor = result.data.nextCursor
      services += result.data.services.length
      const memory = await monitor.memory()
      if (page === 0) before = memory
      highest = Math.max(highest, memory)
    }
  })
  if (services !== MANY) throw new Error(`the pages held ${services} services instead of ${MANY}`)
  const made = `${before.toFixed(0)} MB after the first page, at most ${highest.toFixed(0)} MB, ${took.toFixed(0)} ms`
  return { figure: 'status 100,000 memory', value: highest - before, made, unit: 'MB', limit: { atMost: 100 } }
}

const trpcUrl = (url: string, input: object) => `${url}/trpc/status?input=${encodeURIComponent(JSON.stringify(input))}`

async function read(url: string): Promise<string> {
  const response = await fetch(url)
  const answer = await response.text()
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${answer}`)
  return answer
}
