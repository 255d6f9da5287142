import { accessSync, constants, existsSync, mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate as yieldToEventLoop } from 'node:timers/promises'
import type { PGlite } from '@electric-sql/pglite'
import { type DatabaseConnection, Kysely, PGliteDialect, PGliteDriver } from 'kysely'
import { noHintLine } from './hints.ts'
import type { OpenDatabase } from './open.ts'
import { type FolderOptions, openFolder } from './openFolder.ts'
import type { Database, Db } from './schema.ts'
import { createUpkeep } from './upkeep.ts'

export interface EmbeddedJobsConnection {
  pglite: PGlite
}

class DataDirError extends Error {
  override name = 'DataDirError'
}

class DataDirInUseError extends Error {
  override name = 'DataDirInUseError'
}

/** The folder in `dataDir` that holds the files of the database. */
export const folderOf = (dataDir: string) => join(dataDir, 'pg')
/** Where a restore unpacks its copy. */
export const restoringOf = (folder: string) => `${folder}.restoring`
/** Where a restore keeps the database that it replaces. */
export const replacedOf = (folder: string) => `${folder}.replaced`

/**
 * Undoes a restore that was killed between its last two steps: it had moved the database aside, and put nothing in its
 * place.
 */
export function takeBackReplaced(folder: string): void {
  const wasCutOff = !existsSync(folder) && existsSync(restoringOf(folder)) && existsSync(replacedOf(folder))
  if (wasCutOff) renameSync(replacedOf(folder), folder)
}

/** Opens the database below `dataDir`; the first run creates it. */
export async function openEmbedded(
  dataDir: string,
  options: FolderOptions,
  open: typeof openFolder = openFolder,
): Promise<OpenDatabase> {
  const unlock = lockFolder(dataDir)
  try {
    const folder = folderOf(dataDir)
    takeBackReplaced(folder)
    const pglite = await open(folder, options)
    const db = clientOf(pglite)
    return {
      db,
      longDb: db,
      name: 'embedded',
      folder,
      description: `embedded in ${dataDir}`,
      isAlone: async () => true,
      upkeep: createUpkeep(db),
      jobsConnection: { pglite },
      hintLine: noHintLine,
      onBroken: () => {},
      close: async () => {
        if (!pglite.closed) await pglite.close()
        unlock()
      },
    }
  } catch (error) {
    unlock()
    throw error
  }
}

export const clientOf = (pglite: PGlite): Db => new Kysely<Database>({ dialect: new SingleFileDialect({ pglite }) })

const SQLITE_BUSY = 5

/**
 * Locks the folder for this process. SQLite's file lock belongs to the process and ends with it, however it ends. A pid
 * file would not do: a process id says nothing outside of its container.
 */
export function lockFolder(dataDir: string): () => void {
  const lock = openLock(dataDir)
  try {
    lock.exec('pragma busy_timeout = 0; pragma locking_mode = exclusive; begin exclusive')
  } catch (error) {
    lock.close()
    if ((error as { errcode?: number }).errcode !== SQLITE_BUSY) throw error
    throw new DataDirInUseError(
      `another Stillbeat is using ${dataDir}; stop it, or give this one a DATA_DIR of its own, or let both use one PostgreSQL by DATABASE_URL`,
      { cause: error },
    )
  }
  return () => lock.close()
}

function openLock(dataDir: string): DatabaseSync {
  try {
    mkdirSync(dataDir, { recursive: true })
    accessSync(dataDir, constants.W_OK)
    return new DatabaseSync(join(dataDir, 'lock.sqlite'))
  } catch (error) {
    throw new DataDirError(
      `the folder DATA_DIR ${dataDir} cannot be written (${(error as Error).message}); give it to the user that runs Stillbeat, or set DATA_DIR to another one`,
      { cause: error },
    )
  }
}

class SingleFileDialect extends PGliteDialect {
  readonly #config: ConstructorParameters<typeof PGliteDialect>[0]

  constructor(config: ConstructorParameters<typeof PGliteDialect>[0]) {
    super(config)
    this.#config = config
  }

  override createDriver(): PGliteDriver {
    return new TurnTakingDriver(this.#config)
  }
}

const LONGEST_WITHOUT_YIELD_MS = 10

/**
 * A mutex around the one connection. Kysely's own driver gives it to all callers at once: a query of one then runs inside
 * the transaction of another, and two transactions that overlap deadlock. Here each caller waits for its turn.
 */
class TurnTakingDriver extends PGliteDriver {
  #lastTurn: Promise<void> = Promise.resolve()
  #endTurn: () => void = () => {}
  #yieldedAt = 0

  override async acquireConnection(): Promise<DatabaseConnection> {
    const before = this.#lastTurn
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#lastTurn = promise
    await before
    this.#endTurn = resolve
    // The database runs in this thread and never waits for anything, so a long queue of callers would block the event
    // loop.
    if (performance.now() - this.#yieldedAt > LONGEST_WITHOUT_YIELD_MS) {
      await yieldToEventLoop()
      this.#yieldedAt = performance.now()
    }
    return super.acquireConnection()
  }

  override async releaseConnection(): Promise<void> {
    this.#endTurn()
  }
}
