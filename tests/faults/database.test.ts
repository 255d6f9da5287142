import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, type TestContext, test } from 'vitest'
import { createCluster, findBinaries } from '../helpers/cluster.ts'
import { onPostgres } from '../helpers/database.ts'
import { type Load, query, report, startLoad } from '../helpers/faultLoad.ts'
import { type ServerProcess, startServer } from '../helpers/process.ts'
import { startProxy } from '../helpers/proxy.ts'

const LONGEST = { timeout: 120_000 }
const binaries = findBinaries()

/** Finds PostgreSQL's programs. Skips the test without them, and in the embedded run. */
function needPrograms({ skip }: Pick<TestContext, 'skip'>): string {
  if (!onPostgres) skip('only in the run on PostgreSQL')
  if (!binaries) skip('PostgreSQL is not installed here, only reachable')
  return binaries as string
}

test('PostgreSQL restarts under load, by order and by a crash: nothing answered is lost', LONGEST, async (context) => {
  const cluster = await createCluster(needPrograms(context))
  const server = await startServer({ DATABASE_URL: cluster.url })
  const load = startLoad(() => [server.url])
  for (const mode of ['fast', 'immediate', 'fast'] as const) {
    await more(load, 100)
    await cluster.stop(mode)
    await untilReady(server, 503)
    await cluster.start()
    await untilReady(server, 200)
  }
  await more(load, 100)
  await conclude('restart', { load, server, databaseUrl: cluster.url, figures: { restarts: 3 } })
})

test('downtime of PostgreSQL is one line in the log, and its end another', LONGEST, async (context) => {
  const cluster = await createCluster(needPrograms(context))
  const server = await startServer({ DATABASE_URL: cluster.url, LOG_LEVEL: 'debug' })
  const load = startLoad(() => [server.url])
  await more(load, 100)
  const before = server.told.length
  await cluster.stop('fast')
  // It lasts some seconds, so that periodic work meets the missing database too.
  const enough = load.unanswered() + 500
  await expect.poll(() => load.unanswered(), { timeout: 40_000 }).toBeGreaterThan(enough)
  await cluster.start()
  await expect.poll(() => server.told.at(-1), { timeout: 40_000 }).toMatch(/can be reached again/)
  const { host } = new URL(cluster.url)
  const messages = server.told.slice(before).map((line) => JSON.parse(line).msg as string)
  expect(messages.filter((text) => !text.startsWith('job "'))).toEqual([
    expect.stringMatching(
      new RegExp(
        `^the database cannot be reached \\(.+\\); is PostgreSQL at ${host}/postgres running.* 503 until it can`,
      ),
    ),
    expect.stringMatching(/^nobody was listening from/),
    expect.stringMatching(/^the database can be reached again, after .+ and \d+ attempts$/),
  ])
  expect(server.told.slice(before).join('\n')).not.toContain('stack')
  await conclude('log', { load, server, databaseUrl: cluster.url, figures: { lines: messages.length } })
})

test(
  'connections are cut in the middle of transactions, by PostgreSQL and on the way: nothing answered is lost',
  LONGEST,
  async (context) => {
    const cluster = await createCluster(needPrograms(context))
    const proxy = await startProxy(cluster.url)
    const server = await startServer({ DATABASE_URL: proxy.url })
    // With metadata, each batch is a transaction of several statements.
    const load = startLoad(() => [server.url], { body: '{"metadata":{"cut":"me"}}' })
    let cuts = 0
    for (; cuts < 20; cuts++) {
      await more(load, 20)
      if (cuts % 2 === 0) {
        await query(
          cluster.url,
          `select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'stillbeat%'`,
        )
      } else {
        proxy.cut()
        proxy.mend()
      }
    }
    await more(load, 100)
    const { half } = (
      await query<{ half: number }>(
        cluster.url,
        `select count(*)::int as half from services s join service_states t on t.service_id = s.id
       where heartbeat_count <> (select count(*) from heartbeats h where h.service_id = s.id)`,
      )
    )[0] as { half: number }
    await conclude('cut', { load, server, databaseUrl: cluster.url, figures: { cuts, 'half-done': half } })
    expect(half, 'services whose count is not that of their heartbeats').toBe(0)
  },
)

test(
  'fails over to a synchronous replica behind an address that moves: nothing answered is lost',
  LONGEST,
  async (context) => {
    const programs = needPrograms(context)
    const primary = await createCluster(programs)
    const standby = await createCluster(programs, { of: primary })
    await query(primary.url, `alter system set synchronous_standby_names = 'standby'`)
    await query(primary.url, 'select pg_reload_conf()')
    await expect
      .poll(() => query(primary.url, 'select sync_state from pg_stat_replication'))
      .toEqual([{ sync_state: 'sync' }])
    const proxy = await startProxy(primary.url)
    const server = await startServer({ DATABASE_URL: proxy.url })
    const load = startLoad(() => [server.url])
    await more(load, 200)
    const diedAt = performance.now()
    await primary.stop('immediate')
    // The server must also wait for an address whose new server is still a standby.
    proxy.move(standby.url)
    await untilReady(server, 503)
    await query(standby.url, 'select pg_promote()')
    await more(load, 1)
    const awayMs = performance.now() - diedAt
    await more(load, 200)
    await conclude('failover', {
      load,
      server,
      databaseUrl: standby.url,
      figures: { 'away for': `${(awayMs / 1000).toFixed(1)} s` },
    })
  },
)

test('the disk fills up and is freed: nothing answered is lost', LONGEST, async (context) => {
  const programs = needPrograms(context)
  const disk = mountSmallDisk()
  if (!disk) return context.skip('this user may not mount a small disk')
  const cluster = await createCluster(programs, {
    home: mkdtempSync(join(disk, 'cluster-')),
    settings: ['min_wal_size=2MB', 'max_wal_size=4MB', 'shared_buffers=8MB'],
  })
  const server = await startServer({ DATABASE_URL: cluster.url })
  const load = startLoad(() => [server.url], { body: JSON.stringify({ metadata: { ballast: 'x'.repeat(4_000) } }) })
  await more(load, 50)
  const ballast = join(disk, 'ballast')
  fill(ballast)
  const before = load.unanswered()
  await expect.poll(() => load.unanswered() - before, { timeout: 40_000 }).toBeGreaterThan(20)
  expect((await fetch(`${server.url}/health`)).status).toBe(200)
  rmSync(ballast)
  // PostgreSQL may end if it cannot write its log. An operator would then start it again.
  const hadEnded = !cluster.isUp()
  if (hadEnded) await cluster.start()
  await untilReady(server, 200)
  await more(load, 50)
  await conclude('disk full', {
    load,
    server,
    databaseUrl: cluster.url,
    figures: { 'PostgreSQL ended': String(hadEnded) },
  })
})

const more = async (load: Load, count: number) => {
  const before = load.answered()
  await expect.poll(() => load.answered() - before, { timeout: 40_000 }).toBeGreaterThanOrEqual(count)
}

const untilReady = (server: ServerProcess, status: number) =>
  expect.poll(async () => (await fetch(`${server.url}/ready`)).status, { timeout: 40_000 }).toBe(status)

interface Ending {
  load: Load
  server: ServerProcess
  databaseUrl: string
  figures: Record<string, number | string>
}

async function conclude(name: string, { load, server, databaseUrl, figures }: Ending): Promise<void> {
  const lost = await load.lost(databaseUrl)
  report(name, { answered: load.answered(), lost, unanswered: load.unanswered(), ...figures })
  expect(lost).toBe(0)
  expect(load.strange).toEqual([])
  expect((await server.end('SIGTERM')).code).toBe(0)
}

/** Mounts a disk of 96 MB in memory; `null` where mounting is not allowed. */
function mountSmallDisk(): string | null {
  const folder = mkdtempSync(join(tmpdir(), 'stillbeat-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=96m', 'tmpfs', folder], { stdio: 'ignore' })
  } catch {
    rmSync(folder, { recursive: true })
    return null
  }
  onTestFinished(() => {
    execFileSync('umount', ['-l', folder])
    rmSync(folder, { recursive: true, force: true })
  })
  return folder
}

function fill(file: string): void {
  const block = Buffer.alloc(64 * 1024)
  try {
    for (let blocks = 0; blocks < 2_000; blocks++) writeFileSync(file, block, { flag: 'a' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  }
}
