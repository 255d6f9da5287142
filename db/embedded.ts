import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate as breath } from 'node:timers/promises'
import { PGlite, types } from '@electric-sql/pglite'
import { type DatabaseConnection, Kysely, PGliteDialect, PGliteDriver } from 'kysely'
import { noHintLine } from './hints.ts'
import type { OpenDatabase } from './open.ts'
import type { Database, Db } from './schema.ts'
import { createUpkeep } from './upkeep.ts'

export interface EmbeddedJobsConnection {
  pglite: PGlite
}

class DataDirInUseError extends Error {
  override name = 'DataDirInUseError'
}

/** Where in `dataDir` the files of the database are. */
export const folderOf = (dataDir: string) => join(dataDir, 'pg')
/** Where a restore makes the copy, and where it keeps what was there before. */
export const restoringOf = (folder: string) => `${folder}.restoring`
export const replacedOf = (folder: string) => `${folder}.replaced`

/** A restore that was killed between its last two steps has put the database aside, and nothing in its place. */
export function takeBackReplaced(folder: string): void {
  const wasCutOff = !existsSync(folder) && existsSync(restoringOf(folder)) && existsSync(replacedOf(folder))
  if (wasCutOff) renameSync(replacedOf(folder), folder)
}

/** Opens the database below `dataDir`; the first run creates it. */
export async function openEmbedded(dataDir: string): Promise<OpenDatabase> {
  const unlock = lockFolder(dataDir)
  try {
    const folder = folderOf(dataDir)
    takeBackReplaced(folder)
    const { db, pglite } = await openFolder(folder)
    return {
      db,
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

/** The database in a folder that nobody else uses. */
export async function openFolder(folder: string): Promise<{ db: Db; pglite: PGlite }> {
  const pglite = await PGlite.create({
    dataDir: folder,
    parsers: { [types.INT8]: Number },
    // The default of 128 MB is memory of this process, filled at every start; files are cached by the system anyway.
    // So is the log of the default size, which would not be needed again.
    startParams: [
      ...PGlite.defaultStartParams,
      ...settings('shared_buffers=32MB', 'min_wal_size=32MB', 'max_wal_size=64MB'),
    ],
  })
  return { db: new Kysely<Database>({ dialect: new SingleFileDialect({ pglite }) }), pglite }
}

const settings = (...all: string[]) => all.flatMap((setting) => ['-c', setting])

const SQLITE_BUSY = 5

/**
 * Takes the folder for this process. SQLite's file lock belongs to the process and goes with it however it ends,
 * also in a container, where a number in a pid file would say nothing.
 */
export function lockFolder(dataDir: string): () => void {
  mkdirSync(dataDir, { recursive: true })
  const lock = new DatabaseSync(join(dataDir, 'lock.sqlite'))
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

const LONGEST_WITHOUT_BREATH_MS = 10

/**
 * Kysely's own driver hands the one connection to everybody at once: a query of one caller then runs inside the
 * transaction of another, and two transactions that overlap wait for each other for ever. Here each waits for its turn.
 */
class TurnTakingDriver extends PGliteDriver {
  #lastTurn: Promise<void> = Promise.resolve()
  #endTurn: () => void = () => {}
  #breathedAt = 0

  override async acquireConnection(): Promise<DatabaseConnection> {
    const before = this.#lastTurn
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#lastTurn = promise
    await before
    this.#endTurn = resolve
    // The database works in this thread and answers without waiting for anything: a long queue would keep everything else from being heard.
    if (performance.now() - this.#breathedAt > LONGEST_WITHOUT_BREATH_MS) {
      await breath()
      this.#breathedAt = performance.now()
    }
    return super.acquireConnection()
  }

  override async releaseConnection(): Promise<void> {
    this.#endTurn()
  }
}
