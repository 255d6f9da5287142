import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import pg from 'pg'
import { migrate } from '../../db/migrate.ts'
import { type OpenDatabase, openDatabase } from '../../db/open.ts'
import { onCleanup } from './cleanup.ts'

/** Where a server finds its database, as environment variables. */
export type Place = { DATABASE_URL: string } | { DATA_DIR: string }

/**
 * The address of a PostgreSQL server on which the user may create databases. Without it only the embedded one is
 * measured.
 */
export const serverUrl = process.env.TEST_DATABASE_URL

/** Creates a database on the server, which is dropped at the end. */
export async function createDatabase(): Promise<{ DATABASE_URL: string }> {
  if (!serverUrl) throw new Error('TEST_DATABASE_URL is not set')
  const name = `stillbeat_bench_${randomBytes(6).toString('hex')}`
  await asAdmin(serverUrl, `create database ${name}`)
  onCleanup(() => asAdmin(serverUrl, `drop database if exists ${name} with (force)`))
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return { DATABASE_URL: url.href }
}

/** Creates a folder for an embedded database, which is removed at the end. */
export async function createFolder(): Promise<{ DATA_DIR: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'stillbeat-bench-'))
  onCleanup(() => rm(folder, { recursive: true, force: true }))
  return { DATA_DIR: folder }
}

/** Opens a database in this process, and creates its tables. */
export async function open(place: Place): Promise<OpenDatabase> {
  const database = await openDatabase(
    'DATA_DIR' in place ? { dataDir: place.DATA_DIR } : { url: place.DATABASE_URL, dataDir: '' },
  )
  let closed: Promise<void> | undefined
  const close = () => {
    closed ??= database.close()
    return closed
  }
  onCleanup(close)
  await migrate(database.db)
  return { ...database, close }
}

/** Counts what is stored. Call it while no server uses the database. */
export async function countStored(place: Place): Promise<{ rows: number; counted: number; services: number }> {
  const database = await open(place)
  const { rows } = await sql<{ rows: number; counted: number; services: number }>`
    select (select count(*)::int from heartbeats) as rows, (select count(*)::int from services) as services,
      (select coalesce(sum(heartbeat_count), 0)::int from service_states) as counted`.execute(database.db)
  await database.close()
  const [stored] = rows
  if (!stored) throw new Error('the database answered nothing')
  return stored
}

/** Opens a connection of the plain driver. */
export async function connect({ DATABASE_URL }: { DATABASE_URL: string }): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: DATABASE_URL })
  await client.connect()
  onCleanup(() => client.end())
  return client
}

async function asAdmin(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
