import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { dirname, join, relative } from 'node:path'

export interface Disk {
  /** What would be left of the folder after a power cut now. */
  folder: string
  stop(): void
}

/**
 * Keeps what of a folder is on the disk for sure: a copy that changes only by `fsync`. A real disk may have more, and
 * never less.
 */
export function watchDisk(real: string, folder: string): Disk {
  const fsync = fs.fsyncSync
  fs.cpSync(real, folder, { recursive: true })
  fs.fsyncSync = (file) => {
    fsync(file)
    const path = fs.readlinkSync(`/proc/self/fd/${file}`)
    const below = relative(real, path)
    if (below.startsWith('..')) return
    if (fs.fstatSync(file).isDirectory()) dropRemoved(path, join(folder, below))
    else {
      fs.mkdirSync(dirname(join(folder, below)), { recursive: true })
      fs.copyFileSync(path, join(folder, below))
    }
  }
  syncBuiltinESMExports()
  return {
    folder,
    stop() {
      fs.fsyncSync = fsync
      syncBuiltinESMExports()
    },
  }
}

function dropRemoved(real: string, copy: string): void {
  if (!fs.existsSync(copy)) return
  const there = new Set(fs.readdirSync(real))
  for (const name of fs.readdirSync(copy)) {
    if (!there.has(name)) fs.rmSync(join(copy, name), { recursive: true })
  }
}
