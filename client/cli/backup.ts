import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { clean } from './clean.ts'
import { AskError, type Monitor, open } from './http.ts'

/** The timeout for the first byte, and between two. */
const IDLE_TIMEOUT_MS = 120_000

/** Writes a backup of the monitor's database to a file, `-` for stdout; the exit code says whether it is whole. */
export async function backup({ monitor, file }: { monitor: Monitor; file: string }): Promise<number> {
  try {
    const answer = await begin(monitor)
    await (file === '-' ? pipeline(answer, process.stdout) : writeWhole(answer, file))
    return 0
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const why = code === 'ECONNRESET' ? 'the monitor broke off; its log says why' : message
    process.stderr.write(`stillbeat: there is no backup: ${error instanceof AskError ? message : clean(why)}\n`)
    return 1
  }
}

async function begin(monitor: Monitor): Promise<IncomingMessage> {
  const timeout = new AbortController()
  const timer = setTimeout(() => timeout.abort(), IDLE_TIMEOUT_MS)
  const answer = await open(monitor, { method: 'POST', path: '/backup', signal: timeout.signal }).finally(() =>
    clearTimeout(timer),
  )
  if (answer.headers['content-type'] === 'application/gzip') {
    answer.setTimeout(IDLE_TIMEOUT_MS, () => answer.destroy(new Error('nothing came for two minutes')))
    return answer
  }
  answer.destroy()
  throw new AskError('what answered is no Stillbeat; is the address right?')
}

/** Writes under another name and renames at the end, so that a file of this name is always a whole backup. */
async function writeWhole(answer: IncomingMessage, file: string): Promise<void> {
  const part = `${file}.part`
  try {
    await pipeline(answer, createWriteStream(part, { mode: 0o600, flush: true }))
    await rename(part, file)
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
}
