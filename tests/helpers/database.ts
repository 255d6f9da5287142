import { randomBytes } from 'node:crypto'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { inject } from 'vitest'

/** True in the run on PostgreSQL. */
export const onPostgres = Boolean(process.env.TEST_DATABASE_URL)

export interface TestDatabase {
  /** For `readConfig`: where the database is. */
  env: { DATABASE_URL: string } | { DATA_DIR: string }
  drop(): Promise<void>
}

/** An empty database of its own: a fresh one on the server of TEST_DATABASE_URL, or a copy of the template. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const serverUrl = process.env.TEST_DATABASE_URL
  return serverUrl ? createOnServer(serverUrl) : copyTemplate(inject('template'))
}

async function copyTemplate(template: string): Promise<TestDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'stillbeat-test-'))
  await cp(template, folder, { recursive: true })
  return { env: { DATA_DIR: folder }, drop: () => rm(folder, { recursive: true, force: true }) }
}

async function createOnServer(serverUrl: string): Promise<TestDatabase> {
  const name = `stillbeat_test_${randomBytes(6).toString('hex')}`
  await asAdmin(serverUrl, `create database ${name}`)
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return {
    env: { DATABASE_URL: url.href },
    drop: () => asAdmin(serverUrl, `drop database if exists ${name} with (force)`),
  }
}

async function asAdmin(serverUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
