import { randomUUID } from 'node:crypto'
import { Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import { type EmbeddedJobsConnection, openEmbedded } from './embedded.ts'
import { type HintLine, openHintLine } from './hints.ts'
import type { Database, Db } from './schema.ts'
import type { Upkeep } from './upkeep.ts'

export interface DatabaseConfig {
  /** A postgres:// address; without one the embedded database in `dataDir` is used. */
  url?: string | undefined
  dataDir: string
}

export interface OpenDatabase {
  db: Db
  /** For people: `PostgreSQL at db.example.org/stillbeat`, `embedded in ./data`. */
  description: string
  /** Under which this process is known among those that are connected. */
  name: string
  /** Where the files of an embedded database are; `null` where a server has them. */
  folder: string | null
  /** Whether no other process has this database open now. */
  isAlone(): Promise<boolean>
  /** `null` where the database looks after itself. */
  upkeep: Upkeep | null
  /** What the job queue connects with. */
  jobsConnection: { url: string } | EmbeddedJobsConnection
  /** On which servers of the same database call to each other. */
  hintLine: HintLine
  /** Tells of each connection that breaks while idle; the pool replaces it by itself. */
  onBroken(listener: (error: Error) => void): void
  close(): Promise<void>
}

export async function openDatabase(config: DatabaseConfig): Promise<OpenDatabase> {
  return config.url ? openServer(config.url) : openEmbedded(config.dataDir)
}

const int8 = 20

async function openServer(url: string): Promise<OpenDatabase> {
  const name = `stillbeat ${randomUUID()}`
  const pool = new pg.Pool({
    Client: PreparingClient,
    connectionString: url,
    application_name: name,
    max: 10,
    connectionTimeoutMillis: 5_000,
    query_timeout: 15_000,
    keepAlive: true,
    types: { getTypeParser: (oid, format) => (oid === int8 ? Number : pg.types.getTypeParser(oid, format)) },
  })
  let onBroken = (_: Error) => {}
  pool.on('error', (error) => onBroken(error))
  // A connection can also break while it is lent out and waits for its next statement; that statement then fails.
  pool.on('connect', (client) => client.on('error', () => {}))
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) })
  const { host, pathname } = new URL(url)
  const hintLine = openHintLine(db, {
    connectionString: url,
    application_name: name,
    connectionTimeoutMillis: 5_000,
    query_timeout: 5_000,
    keepAlive: true,
  })
  return {
    db,
    name,
    folder: null,
    description: `PostgreSQL at ${host}${pathname}`,
    isAlone: () => isAlone(db, name),
    upkeep: null,
    jobsConnection: { url },
    hintLine,
    onBroken(listener) {
      onBroken = listener
    },
    async close() {
      await hintLine.close()
      await db.destroy()
    },
  }
}

/** Every server keeps a connection busy, under a name of its own; PostgreSQL forgets it when the process ends, however it ends. */
async function isAlone(db: Db, ownName: string): Promise<boolean> {
  const { rows } = await sql`
    select from pg_stat_activity
    where datname = current_database() and application_name like 'stillbeat %' and application_name <> ${ownName}
    limit 1`.execute(db)
  return rows.length === 0
}

/** Begins a statement that is worth preparing: planning it anew would cost more than running it. */
export const PREPARED = '/* prepared */'

/** Prepares the statements that ask for it, once a connection; and does not outlive an answer that never came. */
class PreparingClient extends pg.Client {
  // biome-ignore lint/suspicious/noExplicitAny: pg has a dozen forms of this call, and all but one pass as they are.
  override query(first: any, ...others: any[]): any {
    if (typeof first !== 'string') return super.query(first, ...(others as [never]))
    const [values, ...rest] = others
    const name = first.startsWith(PREPARED) ? nameOf(first) : undefined
    const answer: unknown = super.query({ name, text: first, values }, ...(rest as [never]))
    return answer instanceof Promise ? answer.catch((error) => this.#giveUp(error)) : answer
  }

  /** Nothing more can be said over a connection that still waits for an answer: end it, so that the pool opens another. */
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
