import { existsSync } from 'node:fs'
import { chown, mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { contentOf } from '../../db/backup.ts'
import { clientOf, folderOf, lockFolder, replacedOf, restoringOf, takeBackReplaced } from '../../db/embedded.ts'
import { syncFolder } from '../../db/folder.ts'
import { newerMigrations } from '../../db/migrate.ts'
import { openFolder } from '../../db/openFolder.ts'
import type { Manifest } from './manifest.ts'
import { RestoreError } from './restoreError.ts'
import { unpack } from './unpack.ts'

export interface Restored extends Manifest {
  services: number
  lastHeartbeatAt: number | null
  /** The folder that keeps the database that was there before; `null` if there was none. */
  replaced: string | null
}

/**
 * Replaces the embedded database below `dataDir` by a backup. No process may have it open, which a lock makes sure of.
 * The old database stays untouched until the copy is complete and could be opened.
 */
export async function restore({
  dataDir,
  source,
  mayReplace,
}: {
  dataDir: string
  source: Readable
  mayReplace: boolean
}): Promise<Restored> {
  const unlock = lockFolder(dataDir)
  const folder = folderOf(dataDir)
  const aside = restoringOf(folder)
  const replaced = replacedOf(folder)
  try {
    takeBackReplaced(folder)
    const isTaken = existsSync(folder)
    if (isTaken && !mayReplace) {
      throw new RestoreError(`${folder} holds a database; --force replaces it, and keeps it as ${replaced}`)
    }
    if (isTaken && existsSync(replaced)) {
      throw new RestoreError(
        `${replaced} still holds what an earlier restore replaced; move it elsewhere, or remove it, and restore again`,
      )
    }
    await rm(aside, { recursive: true, force: true })
    await mkdir(aside, { mode: 0o700 })
    const about = await unpack(source, aside)
    const content = await tryOut(aside, about)
    await handOver(dataDir, aside)
    syncFolder(aside)
    if (isTaken) await rename(folder, replaced)
    await rename(aside, folder)
    syncFolder(folder)
    return { ...about, ...content, replaced: isTaken ? replaced : null }
  } finally {
    takeBackReplaced(folder)
    // After an archive that ends early, the last of its files may still be written while the folder is removed.
    await rm(aside, { recursive: true, force: true, maxRetries: 10 })
    unlock()
  }
}

/** Opens the copy, which replays its log, and checks that this program knows its schema. @returns what it holds */
async function tryOut(folder: string, { version }: Manifest) {
  const pglite = await openFolder(folder).catch((error) => {
    throw new RestoreError(`the backup cannot be opened; try it with Stillbeat ${version}, which made it`, {
      cause: error,
    })
  })
  const db = clientOf(pglite)
  try {
    const newer = await newerMigrations(db)
    if (newer.length > 0) {
      throw new RestoreError(
        `the backup is of a newer Stillbeat, ${version} (it knows ${newer.join(', ')}); restore it with that version or a later one`,
      )
    }
    return await contentOf(db)
  } finally {
    await pglite.close()
  }
}

/** Gives the files to the owner of `dataDir` if root restores, or the server could not open them. */
async function handOver(dataDir: string, folder: string): Promise<void> {
  if (process.getuid?.() !== 0) return
  const { uid, gid } = await stat(dataDir)
  const files = await readdir(folder, { recursive: true })
  for (const file of ['', ...files]) await chown(join(folder, file), uid, gid)
  for (const file of await readdir(dataDir)) if (file.startsWith('lock.')) await chown(join(dataDir, file), uid, gid)
}
