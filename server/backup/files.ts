import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Folders whose content belongs to the process that is running, or is made anew at a start; the log is read last. */
const EMPTIED = new Set([
  'pg_dynshmem',
  'pg_notify',
  'pg_replslot',
  'pg_serial',
  'pg_snapshots',
  'pg_stat_tmp',
  'pg_subtrans',
  'pg_wal',
])
const LEFT_OUT = /^(postmaster\.(pid|opts)|backup_label\.old|pgsql_tmp.*)$/

export interface Entry {
  /** Relative to the folder of the database. */
  path: string
  isFolder: boolean
}

/** What of a database's folder goes into a backup, but for its log: a folder comes before what is in it. */
export async function* entriesOf(root: string, below = ''): AsyncGenerator<Entry> {
  for (const entry of await readdir(join(root, below), { withFileTypes: true })) {
    const path = join(below, entry.name)
    if (LEFT_OUT.test(entry.name)) continue
    yield { path, isFolder: entry.isDirectory() }
    if (entry.isDirectory() && !EMPTIED.has(path)) yield* entriesOf(root, path)
  }
}

/** The files of the log from `first` to `last`. */
export async function logFilesOf(
  root: string,
  { firstLogFile, lastLogFile }: { firstLogFile: string; lastLogFile: string },
): Promise<Entry[]> {
  const names = await readdir(join(root, 'pg_wal'))
  return names
    .filter((name) => /^[0-9A-F]{24}$/.test(name) && name >= firstLogFile && name <= lastLogFile)
    .toSorted()
    .map((name) => ({ path: join('pg_wal', name), isFolder: false }))
}
