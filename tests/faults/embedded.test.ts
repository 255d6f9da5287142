import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { sql } from 'kysely'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../../db/open.ts'
import { createTestDatabase, onPostgres } from '../helpers/database.ts'
import { watchDisk } from '../helpers/powerCut.ts'
import { failToStart, startServer } from '../helpers/process.ts'

async function home(): Promise<{ dataDir: string; folder: string }> {
  const { env, drop } = await createTestDatabase()
  onTestFinished(drop)
  const dataDir = (env as { DATA_DIR: string }).DATA_DIR
  return { dataDir, folder: join(dataDir, 'pg') }
}

describe.skipIf(onPostgres)('the embedded database', () => {
  test.each(['PG_VERSION', 'global/pg_control', 'pg_wal', 'base'])(
    'no new database is made over one that lacks %s',
    async (lost) => {
      const { dataDir, folder } = await home()
      await rm(join(folder, lost), { recursive: true })
      const before = await readdir(folder)
      await expect(openDatabase({ dataDir })).rejects.toThrow(`database in ${folder} is damaged (${lost} is missing)`)
      expect(await readdir(folder)).toEqual(before)
    },
  )

  test('a folder that holds anything is never made into a database', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'stillbeat-'))
    onTestFinished(() => rm(dataDir, { recursive: true }))
    await mkdir(join(dataDir, 'pg'))
    await writeFile(join(dataDir, 'pg', 'notes.txt'), 'mine')
    await expect(openDatabase({ dataDir })).rejects.toThrow('PG_VERSION is missing')
    expect(await readdir(join(dataDir, 'pg'))).toEqual(['notes.txt'])
  })

  test('a folder that cannot be written stops the start with its name', async () => {
    const { dataDir } = await home()
    const file = join(dataDir, 'file')
    await writeFile(file, '')
    const { code, stderr } = await failToStart({ DATA_DIR: join(file, 'data') })
    expect(code).toBe(1)
    expect(stderr).toContain(`the folder DATA_DIR ${join(file, 'data')} cannot be written (ENOTDIR`)
    expect(stderr).toContain('set DATA_DIR to another one')
  })

  test('a log that lost its end says so in the words of PostgreSQL, and nothing is changed', async () => {
    const { dataDir, folder } = await home()
    const log = join(folder, 'pg_wal')
    for (const name of await readdir(log)) if (/^[0-9A-F]{24}$/.test(name)) await truncate(join(log, name), 8_192)
    await expect(openDatabase({ dataDir })).rejects.toThrow(/is damaged \(.*(checkpoint|record|segment|log file).*\)$/)
  })

  test('the start says what to do about a damaged one, and that brings it back', { timeout: 120_000 }, async () => {
    const { dataDir, folder } = await home()
    const env = { DATA_DIR: dataDir, BACKUP_DIR: `${dataDir}-backups` }
    onTestFinished(() => rm(env.BACKUP_DIR, { recursive: true }))
    const server = await startServer(env)
    await fetch(`${server.url}/heartbeat/api`, { method: 'POST' })
    const backup = await fetch(`${server.url}/backup`, { method: 'POST' })
    await mkdir(env.BACKUP_DIR)
    await writeFile(
      join(env.BACKUP_DIR, 'stillbeat-2026-11-24T03-17-00Z.tar.gz'),
      Buffer.from(await backup.arrayBuffer()),
    )
    await server.end('SIGTERM')
    await rm(join(folder, 'PG_VERSION'))
    const { code, stderr } = await failToStart(env)
    expect(code).toBe(1)
    expect(stderr).toBe(
      `cannot start: the embedded database in ${folder} is damaged (PG_VERSION is missing). Nothing was changed. ` +
        '`npm run restore -- --force` puts the backup of 2026-11-24T03:17:00.000Z in its place and keeps what is there; ' +
        `to begin anew, move ${folder} elsewhere\n`,
    )
    const environment = { PATH: process.env.PATH, ...env }
    await promisify(execFile)(process.execPath, ['server/restore.ts', '--force'], { env: environment })
    const again = await startServer(env)
    expect(await (await fetch(`${again.url}/status`)).text()).toContain('"service_key":"api"')
    await again.end('SIGTERM')
    expect(await readdir(dataDir)).toContain('pg.replaced')
  })

  test('a power cut after a clean stop takes nothing', async () => {
    const { dataDir, folder } = await home()
    const disk = watchDisk(folder, `${dataDir}-cut/pg`)
    onTestFinished(() => rm(`${dataDir}-cut`, { recursive: true }))
    onTestFinished(disk.stop)
    const { db, close } = await openDatabase({ dataDir })
    await sql`create table numbers (number integer)`.execute(db)
    for (let number = 1; number <= 100; number++) await sql`insert into numbers values (${number})`.execute(db)
    await close()
    disk.stop()
    expect(await numbersIn(`${dataDir}-cut`)).toBe(100)
  })

  test.each([
    { fsyncsCommits: true, least: 200 },
    { fsyncsCommits: false, least: 100 },
  ])(
    'a power cut in the middle leaves a whole database (commits wait for the disk: $fsyncsCommits)',
    async (options) => {
      const { dataDir, folder } = await home()
      const disk = watchDisk(folder, `${dataDir}-cut/pg`)
      onTestFinished(() => rm(`${dataDir}-cut`, { recursive: true }))
      onTestFinished(disk.stop)
      const { db, close } = await openDatabase({ dataDir, fsyncsCommits: options.fsyncsCommits })
      onTestFinished(close)
      await sql`create table numbers (number integer, filler text)`.execute(db)
      const fill = async (from: number, to: number) => {
        for (let number = from; number <= to; number++) {
          await sql`insert into numbers values (${number}, repeat('x', 1000))`.execute(db)
        }
      }
      await fill(1, 100)
      await sql`checkpoint`.execute(db)
      await fill(101, 200)
      await sql`vacuum numbers`.execute(db)
      disk.stop()
      const count = await numbersIn(`${dataDir}-cut`)
      expect(count).toBeGreaterThanOrEqual(options.least)
      expect(count).toBeLessThanOrEqual(200)
    },
  )
})

/** Opens what a power cut left, and counts its numbers, which have no holes. */
async function numbersIn(dataDir: string): Promise<number> {
  const { db, close } = await openDatabase({ dataDir })
  try {
    const { rows } = await sql<{ count: number; max: number }>`
      select count(*)::integer as count, coalesce(max(number), 0) as max from numbers`.execute(db)
    expect(rows[0]?.count).toBe(rows[0]?.max)
    return rows[0]?.count ?? 0
  } finally {
    await close()
  }
}
