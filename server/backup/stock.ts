import { createWriteStream } from 'node:fs'
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { syncFile } from '../../db/folder.ts'

/** Begins a backup. @returns the compressed archive, as a stream that is made while it is read */
export type TakeBackup = () => Readable

/** A backup in the folder of backups. */
export interface Kept {
  path: string
  takenAt: number
  bytes: number
}

const NAME = /^stillbeat-(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)Z\.tar\.gz$/
/** Ends the name of a file that is being written. */
const PART = '.part'

const nameAt = (ms: number) => `stillbeat-${new Date(ms).toISOString().slice(0, 19).replaceAll(':', '-')}Z.tar.gz`

/** Lists the backups in a folder, the newest first. There are none where there is no folder. */
export async function listKept(folder: string): Promise<Kept[]> {
  const kept: Kept[] = []
  for (const name of await readdir(folder).catch(() => [])) {
    const [, date, hour, minute, second] = NAME.exec(name) ?? []
    const path = join(folder, name)
    const about = date && (await stat(path).catch(() => null))
    if (about) kept.push({ path, takenAt: Date.parse(`${date}T${hour}:${minute}:${second}Z`), bytes: about.size })
  }
  return kept.toSorted((a, b) => b.takenAt - a.takenAt)
}

/** Adds a backup. It has its name only when all of it is on the disk; then those beyond `keep` are removed. */
export async function addToStock(
  take: TakeBackup,
  { folder, keep, now, signal }: { folder: string; keep: number; now: number; signal: AbortSignal },
): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, nameAt(now))
  try {
    await pipeline(take(), createWriteStream(path + PART, { mode: 0o600, flush: true }), { signal })
    await rename(path + PART, path)
    syncFile(folder)
  } catch (error) {
    await rm(path + PART, { force: true })
    throw error
  }
  for (const { path } of (await listKept(folder)).slice(keep)) await rm(path, { force: true })
}

/** Removes what a process that was killed has left. */
export async function dropUnfinished(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => [])
  for (const name of names) {
    if (name.endsWith(PART) && NAME.test(name.slice(0, -PART.length))) await rm(join(folder, name), { force: true })
  }
}
