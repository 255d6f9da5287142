import { MINUTE_MS } from '../db/units.ts'
import { alert } from './figures/alert.ts'
import { bytes } from './figures/bytes.ts'
import { bytesService } from './figures/bytesService.ts'
import { check } from './figures/check.ts'
import { cost } from './figures/cost.ts'
import { exec } from './figures/exec.ts'
import { fsync } from './figures/fsync.ts'
import { heartbeatEmbedded, heartbeatPostgres } from './figures/heartbeat.ts'
import { memory } from './figures/memory.ts'
import { month } from './figures/month.ts'
import { oneCaller } from './figures/oneCaller.ts'
import { spread } from './figures/spread.ts'
import { status } from './figures/status.ts'
import { trpcHeartbeat } from './figures/trpc.ts'
import { cleanUp } from './tools/cleanup.ts'
import { serverUrl } from './tools/database.ts'
import { type Gap, isMissed, type Row, table } from './tools/table.ts'

interface Figure {
  name: string
  measure: () => Promise<Row[]>
  /** Whether it runs without a PostgreSQL server. */
  embedded?: true
  /** Whether it runs only when it is named, since it takes long and needs gigabytes. */
  large?: true
}

const figures: Figure[] = [
  { name: 'heartbeat postgres', measure: heartbeatPostgres },
  { name: 'heartbeat embedded', measure: heartbeatEmbedded, embedded: true },
  { name: 'fsync embedded', measure: fsync, embedded: true },
  { name: 'trpc heartbeat', measure: trpcHeartbeat },
  { name: 'one caller', measure: oneCaller },
  { name: 'status', measure: status },
  { name: 'check', measure: check },
  { name: 'alert', measure: alert },
  { name: 'memory', measure: memory },
  { name: 'bytes a heartbeat', measure: bytes },
  { name: 'bytes a service', measure: bytesService },
  { name: 'cost', measure: cost },
  { name: 'many services', measure: spread },
  { name: 'exec', measure: exec, embedded: true },
  { name: 'month', measure: month, large: true },
]

const LONGEST_RUN_MS = 30 * MINUTE_MS
const LONGEST_STOP_MS = 40_000

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => giveUp(`stopped by ${signal}`))
setTimeout(() => giveUp('the bench took too long'), LONGEST_RUN_MS).unref()

const rows: (Row | Gap)[] = []
let isStopping = false
let current: Promise<(Row | Gap)[]> | undefined
for (const figure of chosen(process.argv.slice(2))) {
  if (isStopping) break
  current = measured(figure)
  rows.push(...(await current))
}
if (!isStopping) {
  process.stdout.write(`\n${table(rows)}`)
  process.exit(rows.some(isMissed) ? 1 : 0)
}

/** The figures whose names begin with one of the given words; without words, all but the large ones. */
function chosen(words: string[]): Figure[] {
  const unknown = words.filter((word) => !figures.some(({ name }) => name.startsWith(word)))
  if (unknown.length > 0) {
    const names = figures.map(({ name }) => name).join(', ')
    process.stderr.write(`there is no figure "${unknown.join('", "')}"; there are: ${names}\n`)
    process.exit(2)
  }
  return figures.filter(({ name, large }) =>
    words.length === 0 ? !large : words.some((word) => name.startsWith(word)),
  )
}

async function measured({ name, measure, embedded }: Figure): Promise<(Row | Gap)[]> {
  if (!embedded && !serverUrl) {
    return [{ figure: name, verdict: 'skipped', why: 'not measured: TEST_DATABASE_URL names no PostgreSQL server' }]
  }
  const start = performance.now()
  process.stderr.write(`${name} … `)
  try {
    return await measure()
  } catch (error) {
    process.stderr.write(`${(error as Error).stack}\n`)
    return [{ figure: name, verdict: 'FAILED', why: (error as Error).message }]
  } finally {
    await cleanUp()
    process.stderr.write(`${Math.round((performance.now() - start) / 1000)} s\n`)
  }
}

/**
 * Stops the bench. The figure under way fails once its processes are gone; what it starts meanwhile is cleaned up
 * after it.
 */
async function giveUp(why: string): Promise<void> {
  process.stderr.write(`${why}\n`)
  isStopping = true
  setTimeout(() => process.exit(1), LONGEST_STOP_MS)
  await cleanUp()
  await current
  await cleanUp()
  process.exit(1)
}
