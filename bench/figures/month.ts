import type pg from 'pg'
import { dayOf, ensurePartition, listPartitions } from '../../db/partitions.ts'
import type { Db } from '../../db/schema.ts'
import { DAY_MS, MINUTE_MS } from '../../db/units.ts'
import type { Deps } from '../../server/deps.ts'
import { rollUp } from '../../server/retention/rollUp.ts'
import { tidy } from '../../server/retention/tidy.ts'
import { connect, createDatabase, open } from '../tools/database.ts'
import { depsOf } from '../tools/deps.ts'
import { type Running, startMonitor } from '../tools/process.ts'
import { medianTime, type Paired, paired, timed } from '../tools/rounds.ts'
import { seedServices } from '../tools/seed.ts'
import type { Row } from '../tools/table.ts'

type Place = { DATABASE_URL: string }

const SERVICES = Number(process.env.SERVICES ?? 10_000)
const DAYS = Number(process.env.DAYS ?? 30)
const PERIOD_MS = 5 * MINUTE_MS
const BEATS_A_DAY = DAY_MS / PERIOD_MS
const TIMES = 3
const ROUNDS = 5
/** A question that may take longer than the others, since the planner has a partition of each day to consider. */
const NEWEST = 'newest heartbeats'

/**
 * A month of services that send a heartbeat every five minutes: its size, the nightly work, and the time of questions.
 */
export async function month(): Promise<Row[]> {
  const empty = await createDatabase()
  await (await open(empty)).close()
  await seedServices(empty, 1, SERVICES)
  const full = await createDatabase()
  const { db } = await open(full)
  await seedServices(full, 1, SERVICES)
  const client = await connect(full)
  const today = dayOf(Date.now())
  await client.query(`update services set created_at = ${(today - DAYS) * DAY_MS}`)

  const filledIn = await timed(() => fill(db, client, today))
  const { count, bytes } = await sizeOf(client)
  // All days count as rolled up, so that the server has no roll-up to do while it is asked.
  await client.query('insert into rolled_days (day, done) select day, true from generate_series($1::integer, $2) day', [
    today - DAYS,
    today - 1,
  ])
  const answers = await ask(full, empty)

  const deps = depsOf(db, { RETENTION_DAYS: String(DAYS - 1) })
  const night = await workANight(deps, client, today)
  return [
    {
      figure: `month of ${SERVICES}: bytes a heartbeat`,
      value: bytes / count,
      made: `${(bytes / 1e9).toFixed(2)} GB, ${count} heartbeats of ${DAYS} days, stored in ${seconds(filledIn)}`,
      limit: { atMost: 100 },
    },
    ...answers.map(row),
    {
      figure: 'month: figures of a day, in counts of its heartbeats',
      value: night.rollUp / night.count,
      made: `${seconds(night.rollUp)} against ${seconds(night.count)}`,
      limit: { atMost: 30 },
    },
    {
      figure: 'month: drop of a day, in counts of its heartbeats',
      value: night.drop / night.count,
      made: `${night.drop.toFixed(0)} ms against ${night.count.toFixed(0)} ms`,
      limit: { atMost: 2 },
    },
  ]
}

function row({ what, ratio, ours, theirs }: Paired & { what: string }): Row {
  const made = `${ours.toFixed(1)} ms against ${theirs.toFixed(1)} ms`
  return {
    figure: `month: ${what}, in those without it`,
    value: ratio,
    made,
    limit: { atMost: what === NEWEST ? 2 : 1.5 },
  }
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`

/** Stores heartbeats in the order in which they would come, a day at a time. Nothing has to survive a crash here. */
async function fill(db: Db, client: pg.Client, today: number): Promise<void> {
  await client.query('set synchronous_commit = off')
  for (let day = today - DAYS; day < today; day++) {
    await ensurePartition(db, day)
    await client.query(
      `insert into heartbeats (service_id, at)
      select service, $1::bigint + beat * ${PERIOD_MS} + service::bigint * ${PERIOD_MS} / ${SERVICES + 1}
      from generate_series(0, ${BEATS_A_DAY - 1}) beat, generate_series(1, ${SERVICES}) service`,
      [day * DAY_MS],
    )
    process.stderr.write('.')
  }
  await client.query('vacuum analyze heartbeats')
}

async function sizeOf(client: pg.Client): Promise<{ bytes: number; count: number }> {
  const { rows } = await client.query(`
    select (select sum(pg_total_relation_size(inhrelid)) from pg_inherits where inhparent = 'heartbeats'::regclass) as bytes,
      (select count(*) from heartbeats) as count`)
  const [bytes, count] = [Number(rows[0].bytes), Number(rows[0].count)]
  if (count !== SERVICES * DAYS * BEATS_A_DAY) throw new Error(`there are ${count} heartbeats`)
  return { bytes, count }
}

/** The time of the questions that people and the page ask: with the month and, in turns, without it. */
async function ask(full: Place, empty: Place): Promise<(Paired & { what: string })[]> {
  const [ours, theirs] = [await startToAsk(full), await startToAsk(empty)]
  const serviceKey = `svc-${SERVICES >> 1}`
  const limit = Math.min(SERVICES, 10_000)
  const answers = []
  for (const [what, procedure, input] of [
    ['status', 'status', { limit }],
    ['strips', 'strips', { limit }],
    ['up-time', 'uptime', { serviceKey }],
    [NEWEST, 'heartbeats', { serviceKey }],
  ] as const) {
    const path = `/trpc/${procedure}?input=${encodeURIComponent(JSON.stringify(input))}`
    const time = ({ url }: Running) => medianTime(TIMES, () => read(url + path))
    await time(theirs)
    await time(ours)
    const times = await paired(
      ROUNDS,
      () => time(ours),
      () => time(theirs),
    )
    answers.push({ what, ...times })
  }
  await ours.stop()
  await theirs.stop()
  return answers
}

/**
 * So long a retention that nothing is dropped before the bench does it, and so long a silence that nothing goes down.
 */
const startToAsk = (place: Place) => startMonitor({ ...place, RETENTION_DAYS: '3650', MIN_SILENCE_SECONDS: '864000' })

async function read(url: string): Promise<void> {
  const response = await fetch(url)
  const answer = await response.text()
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${answer}`)
}

/** The work of one night: rolling up one day, and dropping the oldest one. */
async function workANight(deps: Deps, client: pg.Client, today: number) {
  const yesterday = today - 1
  await client.query('truncate daily_figures, rolled_days')
  await client.query('insert into rolled_days (day, done) values ($1, true)', [yesterday - 1])
  const count = await timed(() =>
    client.query('select service_id, count(*) from heartbeats where at >= $1 and at < $2 group by service_id', [
      yesterday * DAY_MS,
      today * DAY_MS,
    ]),
  )
  // A day is not rolled up before an hour after midnight, so this passes a moment that is late enough.
  const night = (today + 1) * DAY_MS - 1
  const rolled = await timed(async () => {
    while (!(await rollUp(deps, night)).isDone);
  })
  const { rows } = await client.query('select sum(heartbeats)::integer as heartbeats from daily_figures')
  if (rows[0].heartbeats !== SERVICES * BEATS_A_DAY) throw new Error(`${rows[0].heartbeats} heartbeats were summed up`)
  const before = await listPartitions(deps.db)
  const drop = await timed(() => tidy({ ...deps, clock: { ...deps.clock, now: () => night } }))
  const after = await listPartitions(deps.db)
  if (before[0] === after[0]) throw new Error('no day was dropped')
  return { count, rollUp: rolled, drop }
}
