import { createReadStream } from 'node:fs'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { nightsAround } from '../../server/backup/night.ts'
import { restore } from '../../server/backup/restore.ts'
import { startTestApp } from '../helpers/app.ts'
import { DAY, HOUR } from '../helpers/clock.ts'
import { onPostgres } from '../helpers/database.ts'

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'stillbeat-backups-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

describe.skipIf(onPostgres)('the daily backup', () => {
  test('one is made each night, the oldest make room, and the newest can be restored', async () => {
    const folder = await newFolder()
    await writeFile(join(folder, 'mine.tar.gz'), 'not ours')
    await writeFile(join(folder, 'stillbeat-2026-11-20T03-17-00Z.tar.gz.part'), 'left by a killed process')
    const app = await startTestApp({ env: { BACKUP_DIR: folder, BACKUP_KEEP: '2' } })
    await app.beat('api')
    expect(await app.api.monitor.query()).toMatchObject({
      backup: { lastAt: null, nextAt: '2026-11-24T03:17:00.000+00:00', error: null },
    })
    const made = async () => (await readdir(folder)).filter((name) => name.startsWith('stillbeat-')).toSorted()
    for (const date of ['2026-11-24', '2026-11-25', '2026-11-26']) {
      await app.pass(Date.parse(`${date}T03:20:00Z`) - app.clock.now())
      await expect.poll(async () => (await made()).at(-1)).toMatch(new RegExp(`^stillbeat-${date}T03-.*\\.gz$`))
      await expect.poll(async () => (await app.api.monitor.query()).backup?.lastAt).toContain(date)
    }
    await expect.poll(made).toHaveLength(2)
    expect(await readdir(folder)).toContain('mine.tar.gz')
    expect((await app.api.monitor.query()).backup).toMatchObject({ error: null })
    expect(await (await app.fetch('/metrics')).text()).toContain('stillbeat_backup_failing 0')

    const dataDir = join(await newFolder(), 'restored')
    const source = createReadStream(join(folder, (await made()).at(-1) ?? ''))
    expect(await restore({ dataDir, source, mayReplace: false })).toMatchObject({ services: 1, replaced: null })
  })

  test('one that fails is told everywhere, removes nothing, and is tried again', async () => {
    const folder = join(await newFolder(), 'backups')
    await writeFile(folder, 'a file where the folder should be')
    const app = await startTestApp({ env: { BACKUP_DIR: folder, BACKUP_KEEP: '7', DAILY_SUMMARY_TIME: '09:00' } })
    await app.beat('api')
    await app.live(23 * HOUR)
    const { backup } = await app.api.monitor.query()
    expect(backup).toMatchObject({ lastAt: null, error: expect.stringContaining('EEXIST') })
    const metrics = await (await app.fetch('/metrics')).text()
    expect(metrics).toContain('stillbeat_backup_failing 1')
    expect(metrics).toContain('stillbeat_backup_newest_timestamp_seconds 0')
    const summary = app.told.find(({ title }) => title.startsWith('📋'))
    expect(summary?.title).toContain('need')
    expect(summary?.body).toMatch(/💾 No backup\n• .* — there is none yet: EEXIST/)

    await rm(folder)
    await app.live(2 * HOUR)
    await expect.poll(async () => (await app.api.monitor.query()).backup?.error).toBeNull()
    expect(await readdir(folder)).toHaveLength(1)
  })

  test('none is made where the settings say so', async () => {
    const folder = await newFolder()
    const app = await startTestApp({ env: { BACKUP_DIR: folder, BACKUP_KEEP: '0' } })
    await app.live(2 * DAY)
    expect(await readdir(folder)).toEqual([])
    expect((await app.api.monitor.query()).backup).toBeNull()
  })
})

test('nights follow the clock on the wall', () => {
  const at = (ms: number) => new Date(ms).toISOString()
  const noon = Date.UTC(2026, 2, 28, 12)
  const { lastAt, nextAt } = nightsAround(noon, 'Europe/Berlin')
  expect([at(lastAt), at(nextAt)]).toEqual(['2026-03-28T02:17:00.000Z', '2026-03-29T01:17:00.000Z'])
  expect(nightsAround(nextAt, 'Europe/Berlin').lastAt).toBe(nextAt)
})
