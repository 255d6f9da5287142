import type pg from 'pg'
import { DAY_MS, dayOf, ensurePartition, listPartitions } from '../../db/partitions.ts'
import type { Db } from '../../db/schema.ts'
import type { Deps } from '../../server/deps.ts'
import { rollUp } from '../../server/growth/rollUp.ts'
import { tidy } from '../../server/growth/tidy.ts'
import { connect, createDatabase, open } from '../tools/database.ts'
import { depsOf } from '../tools/deps.ts'
import { startMonitor } from '../tools/process.ts'
import { medianTime, timed } from '../tools/rounds.ts'
import { seedServices } from '../tools/seed.ts'
import type { Row } from '../tools/table.ts'

const SERVICES = Number(process.env.SERVICES ?? 10_000)
const DAYS = Number(process.env.DAYS ?? 30)
const PERIOD_MS = 300_000
const BEATS_A_DAY = DAY_MS / PERIOD_MS
const TIMES = 7

/** A month of services that beat every five minutes: its size, the night's work, and questions with it and without. */
export async function month(): Promise<Row[]> {
  const place = await createDatabase()
  const { db } = await open(place)
  await seedServices(place, 1, SERVICES)
  const client = await connect(place)
  const today = dayOf(Date.now())
  await client.query(`update services set created_at = ${(today - DAYS) * DAY_MS}`)
  const before = await ask(place)

  const filledIn = await timed(() => fill(db, client, today))
  const size = await sizeOf(client)
  // The server that is asked has no figures to make up for.
  await client.query('insert into rolled_days (day, done) select day, true from generate_series($1::integer, $2) day', [
    today - DAYS,
    today - 1,
  ])
  const after = await ask(place)

  const deps = depsOf(db, { RETENTION_DAYS: String(DAYS - 1) })
  const night = await workANight(deps, client, today)
  const { count, bytes } = size
  return [
    {
      figure: `month of ${SERVICES}: bytes a heartbeat`,
      value: bytes / count,
      made: `${(bytes / 1e9).toFixed(2)} GB, ${count} heartbeats of ${DAYS} days, stored in ${seconds(filledIn)}`,
      limit: { atMost: 100 },
    },
    ratio('status', after.status, before.status, 1.5),
    ratio('strips', after.strips, before.strips, 1.5),
    ratio('up-time', after.uptime, before.uptime, 2),
    ratio('newest heartbeats', after.heartbeats, before.heartbeats, 3),
    {
      figure: 'month: figures of a day, in counts of its heartbeats',
      value: night.rollUp / night.count,
      made: `${seconds(night.rollUp)} against ${seconds(night.count)}`,
      limit: { atMost: 20 },
    },
    {
      figure: 'month: drop of a day, in questions for the status',
      value: night.drop / after.status,
      made: `${night.drop.toFixed(0)} ms against ${after.status.toFixed(0)} ms`,
      limit: { atMost: 10 },
    },
  ]
}

function ratio(what: string, after: number, before: number, atMost: number): Row {
  const made = `${after.toFixed(1)} ms with, ${before.toFixed(1)} ms without`
  return { figure: `month: ${what}, with it against without`, value: after / before, made, limit: { atMost } }
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`

/** In the order in which they would come, a day at a time; nothing has to survive a crash here. */
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

/** How long the questions take that people and the page ask, by a server in a process of its own. */
async function ask(place: { DATABASE_URL: string }) {
  // What the nights would drop and sum up is left for this bench to do.
  const monitor = await startMonitor({ ...place, RETENTION_DAYS: '3650', MIN_SILENCE_SECONDS: '864000' })
  const time = (procedure: string, input: object) => {
    const url = `${monitor.url}/trpc/${procedure}?input=${encodeURIComponent(JSON.stringify(input))}`
    return medianTime(TIMES, async () => {
      const response = await fetch(url)
      const answer = await response.text()
      if (!response.ok) throw new Error(`${url} answered ${response.status}: ${answer}`)
    })
  }
  const serviceKey = `svc-${SERVICES >> 1}`
  const all = async () => ({
    status: await time('status', { limit: Math.min(SERVICES, 10_000) }),
    strips: await time('strips', { limit: Math.min(SERVICES, 10_000) }),
    uptime: await time('uptime', { serviceKey }),
    heartbeats: await time('heartbeats', { serviceKey }),
  })
  await all()
  const answers = await all()
  await monitor.stop()
  return answers
}

/** One night after all others: figures of one day, and the drop of the oldest. */
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
  // After the last midnight there is an hour in which yesterday is not rolled up yet; it need not be waited for here.
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
