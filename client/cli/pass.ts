import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { builtin } from './builtin.ts'

const { write, writeSync } = builtin('node:fs')

/** How much of the output is kept for the monitor, in bytes. */
const KEPT = 10_000
const RETRY_FULL_PIPE_MS = 10

/** Keeps the last bytes of all that was written. */
export class Tail {
  #kept = Buffer.alloc(0)
  #isCut = false

  add(chunk: Buffer): void {
    const size = this.#kept.length + chunk.length
    const kept = this.#kept.subarray(Math.max(0, size - KEPT))
    this.#isCut ||= size > KEPT
    this.#kept = Buffer.concat([kept, chunk.subarray(Math.max(0, chunk.length - KEPT))])
  }

  /** The kept bytes as text. It begins with a whole character, and what is no UTF-8 is replaced. */
  toString(): string {
    let first = 0
    if (this.#isCut) while (first < 3 && isContinuation(this.#kept[first])) first++
    return this.#kept.toString('utf8', first)
  }
}

const isContinuation = (byte = 0) => (byte & 0b1100_0000) === 0b1000_0000

/**
 * Passes everything on to a file descriptor, as fast as that takes it. It does not use the stream in `process`, which would
 * make a pipe non-blocking for all processes that share it. If the reader closes the pipe, this closes its end too, so
 * that the command meets the same broken pipe as without us.
 */
export async function pass(from: Readable, fd: 1 | 2, tails: readonly Tail[]): Promise<void> {
  try {
    for await (const chunk of from) {
      for (const tail of tails) tail.add(chunk)
      await writeAll(fd, chunk)
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code !== 'EPIPE') say(`stillbeat: the output could not be passed on: ${message}`)
  }
}

async function writeAll(fd: number, chunk: Buffer): Promise<void> {
  for (let done = 0; done < chunk.length; ) done += await writeSome(fd, chunk, done)
}

function writeSome(fd: number, chunk: Buffer, from: number): Promise<number> {
  return new Promise((resolve, reject) => {
    write(fd, chunk, from, chunk.length - from, null, (error, written) => {
      // Somebody else made the pipe non-blocking, and it is full.
      if (error?.code === 'EAGAIN') sleep(RETRY_FULL_PIPE_MS, 0).then(resolve)
      else if (error) reject(error)
      else resolve(written)
    })
  })
}

/** Writes a line of our own to stderr. It is no error if nobody reads it. */
export function say(line: string): void {
  try {
    writeSync(2, `${line}\n`)
  } catch {}
}
