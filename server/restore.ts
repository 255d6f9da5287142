import { existsSync } from 'node:fs'
import { open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { parseArgs } from 'node:util'
import { type Restored, restore } from './backup/restore.ts'
import { RestoreError } from './backup/restoreError.ts'
import { listKept } from './backup/stock.ts'
import { readConfig } from './config.ts'

const USAGE =
  'npm run restore -- [FILE] [--force]; FILE is a backup, - for the standard input; without it, the newest of BACKUP_DIR'

if (existsSync('.env')) process.loadEnvFile()

try {
  process.stdout.write(`${told(await run(process.argv.slice(2)))}\n`)
} catch (error) {
  process.stderr.write(`nothing was restored: ${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 1
}

async function run(args: string[]): Promise<Restored> {
  const { file, mayReplace } = read(args)
  const { database, backups } = readConfig(process.env)
  const { url, dataDir } = database
  if (url)
    throw new RestoreError('DATABASE_URL names a PostgreSQL; restore that with pg_restore, as docs/backup.md says')
  const source = await sourceOf(file ?? (await newestIn(backups.folder)))
  try {
    return await restore({ dataDir, source, mayReplace })
  } finally {
    source.destroy()
  }
}

async function sourceOf(file: string): Promise<Readable> {
  if (file === '-') return process.stdin
  const handle = await open(file).catch((error) => {
    throw new RestoreError(`${file} cannot be read: ${error.message}`, { cause: error })
  })
  return handle.createReadStream()
}

async function newestIn(folder: string): Promise<string> {
  const [newest] = await listKept(folder)
  if (newest) return newest.path
  throw new RestoreError(`there is no backup in ${folder}; say which file: ${USAGE}`)
}

function read(args: string[]): { file: string | undefined; mayReplace: boolean } {
  try {
    const options = { force: { type: 'boolean' } } as const
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
    const [file, ...more] = positionals
    if (more.length === 0) return { file, mayReplace: values.force === true }
  } catch {}
  throw new RestoreError(`say which file: ${USAGE}`)
}

function told({ version, takenAt, services, lastHeartbeatAt, replaced }: Restored): string {
  const heard = lastHeartbeatAt === null ? 'none heard yet' : `last heard ${new Date(lastHeartbeatAt).toISOString()}`
  const before = replaced === null ? '' : `. What was there before is in ${replaced}; remove it when you are content`
  return `restored the backup of ${takenAt}, made by Stillbeat ${version}: ${services} services, ${heard}${before}`
}
