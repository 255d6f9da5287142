import { execFile } from 'node:child_process'
import { chown, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzipSync, gzipSync } from 'node:zlib'
import { sql } from 'kysely'
import { Header } from 'tar'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createClient } from '../../client/index.ts'
import { startTestApp } from '../helpers/app.ts'
import { cli } from '../helpers/cli.ts'
import { createTestDatabase, onPostgres } from '../helpers/database.ts'
import { type ServerProcess, startServer } from '../helpers/process.ts'

const KEY = 'correct-horse'
const NOBODY = 65_534
/** How many heartbeats are sent at most, so that one query for each service finds all of them. */
const MOST = 6_000

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'stillbeat-backup-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

async function restore(dataDir: string, ...args: string[]) {
  const env = { PATH: process.env.PATH, DATA_DIR: dataDir }
  return promisify(execFile)(process.execPath, ['server/restore.ts', ...args], { env }).then(
    ({ stdout }) => ({ code: 0, said: stdout }),
    ({ code, stderr }) => ({ code, said: stderr as string }),
  )
}

/** A load of many callers that send heartbeats as fast as they are answered. */
function load(url: string) {
  const answered: { at: string; key: string }[] = []
  let goesOn = true
  const callers = Array.from({ length: 16 }, async (_, caller) => {
    while (goesOn && answered.length < MOST) {
      const key = `service-${caller % 8}`
      const response = await fetch(`${url}/heartbeat/${key}?key=${KEY}`, { method: 'POST' })
      const { timestamp } = (await response.json()) as { timestamp: string }
      if (response.status === 200) answered.push({ at: timestamp, key })
    }
  })
  return {
    answered,
    async until(count: number) {
      while (answered.length < count) await new Promise(setImmediate)
    },
    async end() {
      goesOn = false
      await Promise.all(callers)
    },
  }
}

async function timesOf({ url }: ServerProcess, serviceKey: string): Promise<Set<string>> {
  const { heartbeats } = await createClient({ url, key: KEY }).heartbeats.query({ serviceKey, limit: 1_000 })
  return new Set(heartbeats.map(({ at }) => at))
}

describe.runIf(!onPostgres)('of an embedded database', () => {
  test('a backup under load has all that was answered before it began, and can be restored', async () => {
    const home = await createTestDatabase()
    onTestFinished(() => home.drop())
    const folder = await temporaryFolder()
    const file = join(folder, 'stillbeat.tar.gz')
    const server = await startServer({ ...home.env, API_KEY: KEY })
    const calls = load(server.url)
    await calls.until(500)
    const begunAfter = calls.answered.length
    const taken = await cli(['backup', file, '--url', server.url], { SERVICE_REGISTRY_KEY: KEY })
    expect(taken).toMatchObject({ code: 0, stderr: '', stdout: Buffer.alloc(0) })
    const during = calls.answered.length - begunAfter
    await calls.end()
    expect(during).toBeGreaterThan(0)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(await readdir(folder)).toEqual(['stillbeat.tar.gz'])

    const dataDir = join(folder, 'data')
    const { code, said } = await restore(dataDir, file)
    expect(said).toMatch(/^restored the backup of 20\S+, made by Stillbeat \S+: 8 services, last heard 20\S+\n$/)
    expect(code).toBe(0)
    const again = await startServer({ DATA_DIR: dataDir, API_KEY: KEY })
    for (let service = 0; service < 8; service++) {
      const key = `service-${service}`
      const known = await timesOf(again, key)
      const missing = calls.answered.slice(0, begunAfter).filter((one) => one.key === key && !known.has(one.at))
      expect(missing).toEqual([])
    }
    process.stdout.write(
      `backup: ${begunAfter} heartbeats answered before, ${during} during it, 0 of the former missing\n`,
    )
    expect((await again.end('SIGTERM')).code).toBe(0)
    expect((await server.end('SIGTERM')).code).toBe(0)
  }, 120_000)

  test('what is there is replaced only when asked, and never under a running server', async () => {
    const app = await startTestApp()
    await app.beat('one')
    const folder = await temporaryFolder()
    const file = join(folder, 'one')
    expect(await cli(['backup', file, '--url', app.url])).toMatchObject({ code: 0, stderr: '' })
    const dataDir = join(app.database.folder ?? '', '..')
    expect(await restore(dataDir, file, '--force')).toMatchObject({
      code: 1,
      said: expect.stringMatching(/^nothing was restored: another Stillbeat is using /),
    })

    const other = join(folder, 'other')
    await restore(other, file)
    expect(await restore(other, file)).toMatchObject({ code: 1, said: expect.stringContaining('--force replaces it') })
    if (process.getuid?.() === 0) await chown(other, NOBODY, NOBODY)
    expect(await restore(other, file, '--force')).toMatchObject({
      code: 0,
      said: expect.stringMatching(/1 services.*What was there before is in .*pg\.replaced/),
    })
    expect(await restore(other, file, '--force')).toMatchObject({
      code: 1,
      said: expect.stringMatching(/pg\.replaced still holds what an earlier restore replaced; move it elsewhere/),
    })
    // What root restores belongs to the server's user too.
    const owners = ['pg', 'pg/PG_VERSION', 'pg/base', 'lock.sqlite'].map(
      async (name) => (await stat(join(other, name))).uid,
    )
    expect(new Set(await Promise.all(owners))).toEqual(new Set([(await stat(other)).uid]))
    expect((await readdir(other)).toSorted()).toEqual(['lock.sqlite', 'pg', 'pg.replaced'])
  }, 60_000)

  test('an incomplete or foreign archive is not restored, and changes nothing', async () => {
    const app = await startTestApp()
    await app.beat('one')
    const folder = await temporaryFolder()
    const file = join(folder, 'good')
    await cli(['backup', file, '--url', app.url])
    const good = await readFile(file)
    const tar = gunzipSync(good)
    const middle = good.length >> 1
    const bent = Buffer.from(good)
    bent.writeUInt8(bent.readUInt8(middle) ^ 0xff, middle)
    const cases: [string, Buffer, RegExp][] = [
      ['cut', good.subarray(0, middle), /not a whole backup/],
      ['cut near its beginning', good.subarray(0, 5_000), /not a whole backup/],
      ['cut in its first file', good.subarray(0, 60_000), /not a whole backup/],
      ['cut at the end', good.subarray(0, good.length - 9), /not a whole backup/],
      ['bent', bent, /not a whole backup/],
      ['empty', Buffer.alloc(0), /not a whole backup/],
      ['something else', Buffer.from('-- PostgreSQL database dump'), /not a whole backup/],
      ['packed anew without its end', gzipSync(tar.subarray(0, 512 * 9)), /not a whole backup/],
      ['an escape', gzipSync(Buffer.concat([entry('../escaped'), tar])), /it holds "\.\.\/escaped"/],
      ['an absolute path', gzipSync(Buffer.concat([entry(join(folder, 'escaped')), tar])), /it holds ".*escaped"/],
      ['a link', gzipSync(Buffer.concat([entry('link', 'SymbolicLink'), tar])), /it holds "link"/],
      ['one more', gzipSync(Buffer.concat([entry('more'), tar])), /entries were announced/],
    ]
    for (const [name, content, sentence] of cases) {
      const dataDir = join(folder, 'data')
      await writeFile(join(folder, 'bad'), content)
      const { code, said } = await restore(dataDir, join(folder, 'bad'))
      expect([name, code]).toEqual([name, 1])
      expect(said, name).toMatch(sentence)
      expect(said, name).toMatch(/^nothing was restored: [^\n]*\n$/)
      expect(await readdir(dataDir), name).toEqual(['lock.sqlite'])
      expect(await readdir(folder), name).not.toContain('escaped')
    }
    expect(await restore(join(folder, 'data'), join(folder, 'nowhere'))).toMatchObject({
      code: 1,
      said: expect.stringContaining('cannot be read'),
    })
    expect(await restore(join(folder, 'data'))).toMatchObject({ code: 1, said: expect.stringContaining('say which') })
  }, 120_000)

  test('a backup of a newer Stillbeat is refused', async () => {
    const app = await startTestApp()
    await app.database.db
      .withTables<{ kysely_migration: { name: string; timestamp: string } }>()
      .insertInto('kysely_migration')
      .values({ name: '9999_future', timestamp: 'now' })
      .execute()
    const folder = await temporaryFolder()
    await cli(['backup', join(folder, 'new'), '--url', app.url])
    expect(await restore(join(folder, 'data'), join(folder, 'new'))).toMatchObject({
      code: 1,
      said: expect.stringMatching(/of a newer Stillbeat, \S+ \(it knows 9999_future\); restore it with that version/),
    })
  })

  test('a restore that was killed when it had put the old database aside has it taken back at the next start', async () => {
    const home = await createTestDatabase()
    onTestFinished(home.drop)
    const first = await startTestApp({ beside: home })
    await first.beat('remembered')
    await first.stop()
    const folder = first.database.folder as string
    await rename(folder, `${folder}.replaced`)
    await mkdir(`${folder}.restoring`)
    const second = await startTestApp({ beside: home })
    expect((await second.api.status.query()).services).toMatchObject([{ serviceKey: 'remembered' }])
    await second.stop()
  })

  test('one backup at a time; one that is broken off makes room, and lets go of the log', async () => {
    const app = await startTestApp()
    const leave = new AbortController()
    const first = await app.fetch('/backup', { method: 'POST', signal: leave.signal })
    expect(first.status).toBe(200)
    const second = await app.fetch('/backup', { method: 'POST' })
    expect(second.status).toBe(409)
    expect(await second.json()).toMatchObject({ error: { message: expect.stringContaining('another backup') } })
    leave.abort()
    const slots = () => sql`select from pg_replication_slots`.execute(app.database.db)
    await expect.poll(async () => (await slots()).rows, { timeout: 20_000 }).toEqual([])
    const folder = await temporaryFolder()
    expect(await cli(['backup', join(folder, 'one'), '--url', app.url])).toMatchObject({ code: 0, stderr: '' })
    expect((await slots()).rows).toEqual([])
  })
})

test.runIf(onPostgres)('a PostgreSQL is backed up by its own means, and the answer says so', async () => {
  const app = await startTestApp()
  const { code, stderr } = await cli(['backup', '/nowhere', '--url', app.url])
  expect(code).toBe(1)
  expect(stderr).toMatch(/^stillbeat: there is no backup: .* back it up with pg_dump, as docs\/backup\.md says\n$/)
})

test('a backup wants a key of full access', async () => {
  const app = await startTestApp({ env: { API_KEY: KEY } })
  const ask = (key?: string) =>
    app.fetch('/backup', { method: 'POST', ...(key && { headers: { authorization: `Bearer ${key}` } }) })
  expect((await ask()).status).toBe(401)
  expect((await ask('wrong')).status).toBe(401)
  const answer = await ask(KEY)
  expect(answer.status).toBe(onPostgres ? 409 : 200)
  await answer.body?.cancel()
})

/** Makes an entry of a tar archive, to be put before those of a backup. */
function entry(path: string, type: 'File' | 'SymbolicLink' = 'File'): Buffer {
  const header = new Header({ path, type, mode: 0o644, size: 0, linkpath: type === 'File' ? '' : '/etc' })
  header.encode()
  return header.block as Buffer
}
