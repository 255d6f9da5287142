import { closeSync, existsSync, fsyncSync, openSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Files without which a folder is no database that PostgreSQL can open. */
const NEEDED = ['PG_VERSION', 'global/pg_control', 'pg_wal', 'base', 'pg_xact']

export const isEmptyFolder = (folder: string): boolean => !existsSync(folder) || readdirSync(folder).length === 0

/** What a folder lacks that every database has; `undefined` if nothing. */
export const missingIn = (folder: string): string | undefined => NEEDED.find((path) => !existsSync(join(folder, path)))

/** Waits until a folder, all that it holds, and its name are on the disk. */
export function syncFolder(folder: string): void {
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) syncFile(join(folder, path))
  syncFile(folder)
  syncFile(dirname(folder))
}

/** Waits until a file, or the names in a folder, are on the disk. Windows opens no folders, and needs none to be synced. */
export function syncFile(path: string): void {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (error) {
    if (process.platform === 'win32') return
    throw error
  }
  try {
    fsyncSync(file)
  } catch (error) {
    if (process.platform !== 'win32') throw error
  } finally {
    closeSync(file)
  }
}
