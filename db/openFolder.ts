import { existsSync, renameSync, rmdirSync, rmSync } from 'node:fs'
import { PGlite, types } from '@electric-sql/pglite'
import { DurableFiles } from './durableFiles.ts'
import { isEmptyFolder, missingIn, syncFolder } from './folder.ts'

/** The folder of the embedded database holds files, but no database that could be opened. Nothing was changed. */
export class DamagedDatabaseError extends Error {
  override name = 'DamagedDatabaseError'
  readonly folder: string

  constructor(folder: string, fault: string, cause?: unknown) {
    super(`the embedded database in ${folder} is damaged (${fault})`, { cause })
    this.folder = folder
  }
}

export interface FolderOptions {
  /** Whether each commit waits for the disk; `false` by default. */
  fsyncsCommits?: boolean | undefined
}

/** Opens the database in a folder that no other process uses. In an empty folder, or where there is none, it makes one. */
export async function openFolder(folder: string, options: FolderOptions = {}): Promise<PGlite> {
  if (isEmptyFolder(folder)) await makeDatabase(folder)
  const missing = missingIn(folder)
  if (missing) throw new DamagedDatabaseError(folder, `${missing} is missing`)
  return launch(folder, options)
}

/** Makes a database beside the folder, and moves it there when all of it is on the disk. */
async function makeDatabase(folder: string): Promise<void> {
  const making = `${folder}.making`
  rmSync(making, { recursive: true, force: true })
  const pglite = await launch(making, {})
  await pglite.close()
  syncFolder(making)
  if (existsSync(folder)) rmdirSync(folder)
  renameSync(making, folder)
  syncFolder(folder)
}

const LINES_KEPT = 20

async function launch(folder: string, { fsyncsCommits = false }: FolderOptions): Promise<PGlite> {
  const lines: string[] = []
  const onLog = (line: string) => {
    lines.push(line)
    if (lines.length > LINES_KEPT) lines.shift()
  }
  try {
    return await PGlite.create({
      fs: new DurableFiles(folder, { fsyncsCommits, onLog }),
      parsers: { [types.INT8]: Number },
      startParams: [...PGlite.defaultStartParams.filter((param) => param !== WITHOUT_FSYNC), ...SETTINGS],
    })
  } catch (error) {
    throw new DamagedDatabaseError(folder, faultIn(lines) ?? (error as Error).message, error)
  }
}

const WITHOUT_FSYNC = '-F'

// 128 MB of buffers, the default, would be memory of this process, filled at every start; the operating system caches
// the files anyway. It would cache a log of the default size too, which is not read again. PGlite passes `fsync` on to
// its file system, and `fdatasync` to nobody.
const SETTINGS = ['shared_buffers=32MB', 'min_wal_size=32MB', 'max_wal_size=64MB', 'wal_sync_method=fsync'].flatMap(
  (setting) => ['-c', setting],
)

/** Why PostgreSQL gave up, by its log. */
function faultIn(lines: readonly string[]): string | undefined {
  const last = lines.findLast((line) => /\b(PANIC|FATAL):/.test(line))
  return last?.replace(/^.*\b(?:PANIC|FATAL):\s*/, '')
}
