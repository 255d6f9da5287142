import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { extract, type ReadEntry } from 'tar'
import { MANIFEST, type Manifest, manifest } from './manifest.ts'
import { RestoreError } from './restoreError.ts'

/** Extracts a compressed archive into an empty folder. Throws RestoreError if it is incomplete or not ours. */
export async function unpack(source: Readable, folder: string): Promise<Manifest> {
  let entries = 0
  let stranger: string | undefined
  const filter = (path: string, entry: unknown) => {
    entries += 1
    if (isOurs(entry as ReadEntry)) return true
    stranger ??= path
    return false
  }
  try {
    await pipeline(source, createGunzip(), extract({ cwd: folder, strict: true, filter }))
  } catch (error) {
    throw new RestoreError(faultOf(error as NodeJS.ErrnoException), { cause: error })
  }
  if (stranger !== undefined) {
    throw new RestoreError(`this is no backup of Stillbeat: it holds ${JSON.stringify(stranger)}, which none does`)
  }
  const about = await manifestIn(folder)
  if (about.entries !== entries - 1) {
    throw new RestoreError(
      `${about.entries} entries were announced, but ${entries - 1} are here; copy the backup again`,
    )
  }
  return about
}

function faultOf({ code, message }: NodeJS.ErrnoException): string {
  if (code && /^E[A-Z]+$/.test(code)) return `its files cannot be read or written here: ${message}`
  return `this is not a whole backup of Stillbeat (${message}); take another one, or copy it again`
}

/** A backup has only plain files and folders below its root. Anything else might write elsewhere (path traversal). */
const isOurs = ({ type, path }: ReadEntry) =>
  (type === 'File' || type === 'Directory') && !path.startsWith('/') && !/(^|[\\/])\.\.([\\/]|$)|^\w:/.test(path)

async function manifestIn(folder: string): Promise<Manifest> {
  const path = join(folder, MANIFEST)
  const text = await readFile(path, 'utf8').catch(() => '')
  const { success, data } = manifest.safeParse(parsed(text))
  if (!success) throw new RestoreError('this is not a whole backup of Stillbeat: its end is missing; copy it again')
  await rm(path)
  return data
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
