import { sql } from 'kysely'
import type { Db } from '../../db/schema.ts'
import type { Deps } from '../../server/deps.ts'
import { watch } from '../../server/watch/watch.ts'
import { createDatabase, open } from '../tools/database.ts'
import { depsOf } from '../tools/deps.ts'
import { medianTime, paired, timed } from '../tools/rounds.ts'
import { makeOverdue, seedServices } from '../tools/seed.ts'
import type { Row } from '../tools/table.ts'

const FEW = 10_000
const MANY = 1_000_000
const OVERDUE = 1_000
const IDLE_ROUNDS = 7
const IDLE_TIMES = 100
const OVERDUE_ROUNDS = 15

/** The time of a check for overdue services among a million, as a multiple of that among ten thousand. */
export async function check(): Promise<Row[]> {
  const few = await seeded(FEW)
  const many = await seeded(MANY)
  const idle = await inTurns(IDLE_ROUNDS, many, few, ({ deps }) => medianTime(IDLE_TIMES, () => watch(deps)))
  const overdue = await inTurns(OVERDUE_ROUNDS, many, few, timeOverdue)
  const made = ({ ours, theirs }: { ours: number; theirs: number }) =>
    `${ours.toFixed(2)} ms against ${theirs.toFixed(2)} ms`
  return [
    { figure: 'check idle', value: idle.ratio, made: made(idle), limit: { atMost: 2 } },
    { figure: 'check overdue', value: overdue.ratio, made: made(overdue), limit: { atMost: 3 } },
  ]
}

interface Seeded {
  place: { DATABASE_URL: string }
  services: number
  deps: Deps
}

async function seeded(services: number): Promise<Seeded> {
  const place = await createDatabase()
  const { db } = await open(place)
  await seedServices(place, 1, services)
  return { place, services, deps: depsOf(db) }
}

/** Measures two databases in turns, after a warm-up of each. */
async function inTurns(rounds: number, ours: Seeded, theirs: Seeded, measure: (one: Seeded) => Promise<number>) {
  await measure(theirs)
  await measure(ours)
  return paired(
    rounds,
    () => measure(ours),
    () => measure(theirs),
  )
}

async function timeOverdue({ place, services, deps }: Seeded): Promise<number> {
  await makeOverdue(place, { overdue: OVERDUE, of: services })
  const before = await countDown(deps.db)
  const took = await timed(() => watch(deps))
  const found = (await countDown(deps.db)) - before
  if (found !== OVERDUE) throw new Error(`the check found ${found} overdue services instead of ${OVERDUE}`)
  return took
}

async function countDown(db: Db): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from transitions where to_status = 'down'`.execute(db)
  return Number(rows[0]?.count)
}
