import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { PGlite } from '@electric-sql/pglite'
import { folderOf, openEmbedded } from '../../db/embedded.ts'
import type { OpenDatabase } from '../../db/open.ts'
import { openFolder } from '../../db/openFolder.ts'
import { copyTemplate } from './database.ts'
import { empty, type Template, templateOf } from './emptied.ts'

/** An embedded database that runs from test to test (a pool): to start one costs more than most tests do. */
interface Running {
  dataDir: string
  pglite: PGlite
  template: Template
}

// Files of tests that share a process do not share this project's modules.
const shared = globalThis as { stillbeatIdle?: Running[] }
shared.stillbeatIdle ??= []
const idle = shared.stillbeatIdle

/** Lends an embedded database like the template. Closing it empties it, and the next test gets it. */
export async function lendDatabase(): Promise<{ database: OpenDatabase; dataDir: string }> {
  const running = idle.pop() ?? (await start())
  const database = await openEmbedded(running.dataDir, {}, async () => lent(running))
  return { database, dataDir: running.dataDir }
}

async function start(): Promise<Running> {
  const dataDir = await copyTemplate()
  const pglite = await openFolder(folderOf(dataDir))
  return { dataDir, pglite, template: await templateOf(pglite) }
}

/** The database for one test. Once closed, nothing that the test left running reaches it. */
function lent(running: Running): PGlite {
  let isClosed = false
  const close = async () => {
    isClosed = true
    await giveBack(running)
  }
  return new Proxy(running.pglite, {
    get(pglite, name) {
      if (name === 'closed') return isClosed || pglite.closed
      if (name === 'close') return close
      const value = Reflect.get(pglite, name, pglite)
      if (typeof value !== 'function') return value
      return isClosed ? refuse : value.bind(pglite)
    },
  })
}

function refuse(): Promise<never> {
  const refused = Promise.reject(new Error('PGlite is closed'))
  // What was left running need not wait for the answer.
  refused.catch(() => {})
  return refused
}

/** A test that failed may have left a transaction open, which would never let the database be emptied. */
const LONGEST_EMPTYING_MS = 10_000

/** Keeps the database for the next test, unless this one changed more than rows. */
async function giveBack(running: Running): Promise<void> {
  const { dataDir, pglite, template } = running
  const tooLong = sleep(LONGEST_EMPTYING_MS, false, { ref: false })
  if (await Promise.race([empty(pglite, template).catch(() => false), tooLong])) {
    const others = (await readdir(dataDir)).filter((name) => name !== 'pg' && !name.startsWith('lock.sqlite'))
    await Promise.all(others.map((name) => rm(join(dataDir, name), { recursive: true })))
    idle.push(running)
    return
  }
  void pglite.close().catch(() => {})
  await rm(dataDir, { recursive: true, force: true })
}
