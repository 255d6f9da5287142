import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { builtin } from './builtin.ts'

const { spawnSync } = builtin('node:child_process')
const { constants, mkdtempSync, openSync, rmdirSync, unlinkSync } = builtin('node:fs')
const { Socket } = builtin('node:net')
const { tmpdir } = builtin('node:os')

export interface Pipe {
  read: Readable
  /** A file descriptor for the command. Close it in this process once the command has it. */
  write: number
}

const TIMEOUT_MS = 1_000

/**
 * Opens two pipes such as a shell makes, for stdout and stderr; undefined where there are none. Node's own "pipes" are
 * sockets, and a command that opens `/dev/stdout` or `/dev/stderr`, as many scripts do, fails on those.
 */
export function openPipes(): [Pipe, Pipe] | undefined {
  if (process.platform === 'win32') return
  let folder: string | undefined
  const paths: string[] = []
  try {
    folder = mkdtempSync(join(tmpdir(), 'stillbeat-'))
    paths.push(join(folder, '1'), join(folder, '2'))
    const made = spawnSync('mkfifo', ['-m', '600', ...paths], { stdio: 'ignore', timeout: TIMEOUT_MS })
    if (made.status !== 0) return
    return paths.map(openPipe) as [Pipe, Pipe]
  } catch {
    return
  } finally {
    for (const path of paths) quietly(() => unlinkSync(path))
    if (folder) quietly(() => rmdirSync(folder as string))
  }
}

function openPipe(path: string): Pipe {
  // Without O_NONBLOCK this would block until the other end is open too.
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  return { write: openSync(path, constants.O_WRONLY), read: new Socket({ fd, readable: true, writable: false }) }
}

function quietly(action: () => void): void {
  try {
    action()
  } catch {}
}
