import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Folders that are archived empty, as PostgreSQL's manual says for base backups; `pg_wal` is read last. */
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
/** Files of the running process, and temporary ones. */
const LEFT_OUT = /^(postmaster\.(pid|opts)|backup_label\.old|pgsql_tmp.*)$/

export interface Entry {
  /** Relative to the folder of the database. */
  path: string
  isFolder: boolean
}

/** Lists what a backup copies, without the write-ahead log. A folder comes before its content. */
export async function* entriesOf(root: string, below = ''): AsyncGenerator<Entry> {
  for (const entry of await readdir(join(root, below), { withFileTypes: true })) {
    const path = join(below, entry.name)
    if (LEFT_OUT.test(entry.name)) continue
    yield { path, isFolder: entry.isDirectory() }
    if (entry.isDirectory() && !EMPTIED.has(path)) yield* entriesOf(root, path)
  }
}

/** Lists the files of the write-ahead log from `firstLogFile` to `lastLogFile`. */
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
