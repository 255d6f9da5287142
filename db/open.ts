import { randomUUID } from 'node:crypto'
import { Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import { type EmbeddedJobsConnection, openEmbedded } from './embedded.ts'
import { type HintLine, openHintLine } from './hints.ts'
import type { Database, Db } from './schema.ts'
import { LONG_QUERY_TIMEOUT_MS, prepareSession, QUERY_TIMEOUT_MS } from './session.ts'
import type { Upkeep } from './upkeep.ts'

export interface DatabaseConfig {
  /** A postgres:// address. Without one the embedded database in `dataDir` is used. */
  url?: string | undefined
  dataDir: string
  /** Whether each commit of the embedded database waits for the disk. */
  fsyncsCommits?: boolean | undefined
}

interface ServerJobsConnection {
  url: string
  query_timeout: number
  onConnect: ReturnType<typeof prepareSession>
}

export interface OpenDatabase {
  db: Db
  /** The same database for migrations, which may take long. */
  longDb: Db
  /** Where the database is, for people: `PostgreSQL at db.example.org/stillbeat`, `embedded in ./data`. */
  description: string
  /** The name of this process among those that are connected (PostgreSQL's `application_name`). */
  name: string
  /** The folder of an embedded database; `null` for a PostgreSQL server. */
  folder: string | null
  /** Whether no other process has this database open now. */
  isAlone(): Promise<boolean>
  /** Maintenance of an embedded database; `null` for a PostgreSQL server, which does its own. */
  upkeep: Upkeep | null
  /** How the job queue connects. */
  jobsConnection: ServerJobsConnection | EmbeddedJobsConnection
  /** How the servers of one database notify each other. */
  hintLine: HintLine
  /** Sets the listener for connections that break while idle. The pool replaces them by itself. */
  onBroken(listener: (error: Error) => void): void
  close(): Promise<void>
}

export async function openDatabase(config: DatabaseConfig): Promise<OpenDatabase> {
  return config.url ? openServer(config.url) : openEmbedded(config.dataDir, config)
}

/** PostgreSQL's number for the type bigint, which pg reads as text unless told otherwise. */
const int8 = 20

async function openServer(url: string): Promise<OpenDatabase> {
  const name = `stillbeat ${randomUUID()}`
  let onBroken = (_: Error) => {}
  const connect = (queryTimeoutMs: number, size: Pick<pg.PoolConfig, 'max' | 'maxUses'>): Db => {
    const pool = new pg.Pool({
      Client: PreparingClient,
      connectionString: url,
      application_name: name,
      ...size,
      connectionTimeoutMillis: 5_000,
      query_timeout: queryTimeoutMs,
      keepAlive: true,
      types: { getTypeParser: (oid, format) => (oid === int8 ? Number : pg.types.getTypeParser(oid, format)) },
      onConnect: prepareSession(queryTimeoutMs),
    })
    pool.on('error', (error) => onBroken(error))
    // A connection can also break between two statements of a transaction. The next statement then fails, so this can
    // be ignored.
    pool.on('connect', (client) => client.on('error', () => {}))
    return new Kysely<Database>({ dialect: new PostgresDialect({ pool }) })
  }
  const db = connect(QUERY_TIMEOUT_MS, { max: 10 })
  // Its connections are rarely used, so none stays open to fall silent unnoticed.
  const longDb = connect(LONG_QUERY_TIMEOUT_MS, { max: 2, maxUses: 1 })
  const { host, pathname } = new URL(url)
  const hintLine = openHintLine(db, {
    connectionString: url,
    application_name: name,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
  })
  return {
    db,
    longDb,
    name,
    folder: null,
    description: `PostgreSQL at ${host}${pathname}`,
    isAlone: () => isAlone(db, name),
    upkeep: null,
    jobsConnection: { url, query_timeout: QUERY_TIMEOUT_MS, onConnect: prepareSession(QUERY_TIMEOUT_MS) },
    hintLine,
    onBroken(listener) {
      onBroken = listener
    },
    async close() {
      await hintLine.close()
      await db.destroy()
      await longDb.destroy()
    },
  }
}

/**
 * Every server keeps a connection open under a name of its own. PostgreSQL closes it when the process ends, however it
 * ends.
 */
async function isAlone(db: Db, ownName: string): Promise<boolean> {
  const { rows } = await sql`
    select from pg_stat_activity
    where datname = current_database() and application_name like 'stillbeat %' and application_name <> ${ownName}
    limit 1`.execute(db)
  return rows.length === 0
}

/** Marks a statement to be prepared, because planning it would cost more than running it. */
export const PREPARED = '/* prepared */'

/** Prepares marked statements once per connection, and closes a connection on which an answer timed out. */
class PreparingClient extends pg.Client {
  // biome-ignore lint/suspicious/noExplicitAny: pg has a dozen forms of this call, and all but one pass as they are.
  override query(first: any, ...others: any[]): any {
    if (typeof first !== 'string') return super.query(first, ...(others as [never]))
    const [values, ...rest] = others
    const name = first.startsWith(PREPARED) ? nameOf(first) : undefined
    const answer: unknown = super.query({ name, text: first, values }, ...(rest as [never]))
    return answer instanceof Promise ? answer.catch((error) => this.#giveUp(error)) : answer
  }

  /** A connection that still waits for an answer is of no more use. Once it is destroyed, the pool opens another. */
  #giveUp(error: Error): never {
    if (error.message === 'Query read timeout') this.connection.stream.destroy()
    throw error
  }
}

const names = new Map<string, string>()

function nameOf(text: string): string {
  const name = names.get(text) ?? `stillbeat_${names.size}`
  names.set(text, name)
  return name
}
