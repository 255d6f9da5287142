import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { type EmbeddedJobsConnection, openEmbedded } from './embedded.ts'
import type { Database, Db } from './schema.ts'

export interface DatabaseConfig {
  /** A postgres:// address; without one the embedded database in `dataDir` is used. */
  url?: string | undefined
  dataDir: string
}

export interface OpenDatabase {
  db: Db
  /** For people: `PostgreSQL at db.example.org/stillbeat`, `embedded in ./data`. */
  description: string
  /** True where no other process can use this database at the same time. */
  sole: boolean
  /** What the job queue connects with. */
  jobsConnection: { url: string } | EmbeddedJobsConnection
  close(): Promise<void>
}

export interface OpenOptions {
  /** Told of a connection that broke while idle; the pool replaces it by itself. */
  onIdleError?: (error: Error) => void
}

export async function openDatabase(config: DatabaseConfig, options: OpenOptions = {}): Promise<OpenDatabase> {
  return config.url ? openServer(config.url, options) : openEmbedded(config.dataDir)
}

const int8 = 20

async function openServer(url: string, options: OpenOptions): Promise<OpenDatabase> {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'stillbeat',
    max: 10,
    connectionTimeoutMillis: 5_000,
    query_timeout: 15_000,
    keepAlive: true,
    types: { getTypeParser: (oid, format) => (oid === int8 ? Number : pg.types.getTypeParser(oid, format)) },
  })
  pool.on('error', (error) => options.onIdleError?.(error))
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) })
  const { hostname, pathname } = new URL(url)
  return {
    db,
    description: `PostgreSQL at ${hostname}${pathname}`,
    sole: false,
    jobsConnection: { url },
    close: () => db.destroy(),
  }
}
