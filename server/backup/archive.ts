import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { Header } from 'tar'
import { beginBackup, endBackup, leaveBackup } from '../../db/backup.ts'
import type { Db } from '../../db/schema.ts'
import { type Entry, entriesOf, logFilesOf } from './files.ts'
import { MANIFEST, type Manifest } from './manifest.ts'

const BLOCK = 512
const CHUNK = 256 * 1024

/**
 * Streams the folder of an embedded database as a tar archive, while others write to the database (a base backup). Files
 * may be inconsistent, so the write-ahead log follows last: the copy replays it when it is first opened.
 */
export async function* archive(
  { db, folder }: { db: Db; folder: string },
  about: Omit<Manifest, 'entries'>,
): AsyncGenerator<Buffer> {
  let entries = 0
  let isEnded = false
  try {
    await beginBackup(db)
    for await (const entry of entriesOf(folder)) {
      const file = entry.isFolder ? null : await open(join(folder, entry.path)).catch(unlessGone)
      if (!entry.isFolder && !file) continue
      entries += 1
      yield* file ? fileEntry(entry, file) : folderEntry(entry)
    }
    const { label, ...log } = await endBackup(db)
    isEnded = true
    for (const entry of await logFilesOf(folder, log)) {
      entries += 1
      yield* fileEntry(entry, await open(join(folder, entry.path)))
    }
    yield* textEntry('backup_label', label)
    yield* textEntry(MANIFEST, JSON.stringify({ ...about, entries: entries + 1 } satisfies Manifest))
    yield Buffer.alloc(2 * BLOCK)
  } finally {
    await leaveBackup(db, { isEnded })
  }
}

function* folderEntry({ path }: Entry): Generator<Buffer> {
  yield headerOf({ path: `${path}/`, type: 'Directory', mode: 0o700, size: 0 })
}

function* textEntry(path: string, text: string): Generator<Buffer> {
  const content = Buffer.from(text)
  yield headerOf({ path, type: 'File', mode: 0o600, size: content.length })
  yield content
  yield paddingOf(content.length)
}

async function* fileEntry({ path }: Entry, file: FileHandle): AsyncGenerator<Buffer> {
  try {
    const { size } = await file.stat()
    yield headerOf({ path, type: 'File', mode: 0o600, size })
    yield* bytesOf(file, size)
    yield paddingOf(size)
  } finally {
    await file.close()
  }
}

/** Reads exactly `size` bytes, and pads with zeros. The log restores what the file gained or lost meanwhile. */
async function* bytesOf(file: FileHandle, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < size; ) {
    const chunk = Buffer.alloc(Math.min(CHUNK, size - at))
    const { bytesRead } = await file.read(chunk, 0, chunk.length, at)
    const length = bytesRead === 0 ? chunk.length : bytesRead
    yield chunk.subarray(0, length)
    at += length
  }
}

/** Ignores a missing file: its table may have been removed since the folder was listed. */
function unlessGone(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null
  throw error
}

function headerOf(about: { path: string; type: 'File' | 'Directory'; mode: number; size: number }): Buffer {
  const header = new Header({ ...about, mtime: new Date(0), uid: 0, gid: 0 })
  header.encode()
  return header.block as Buffer
}

const paddingOf = (size: number) => Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK)
