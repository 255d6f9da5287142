import { randomBytes } from 'node:crypto'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import pg from 'pg'
import { inject } from 'vitest'

const serverUrl = process.env.TEST_DATABASE_URL

/** Whether the tests run on PostgreSQL, and not on the embedded database. */
export const onPostgres = Boolean(serverUrl)

export interface TestDatabase {
  /** The settings for `readConfig` that say where the database is. */
  env: { DATABASE_URL: string } | { DATA_DIR: string }
  drop(): Promise<void>
}

/** Makes a database without services, a copy of the template: on the server of TEST_DATABASE_URL, or in a folder. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const template = inject('template')
  if (serverUrl) return createOnServer(serverUrl, template)
  const folder = await copyTemplate()
  return { env: { DATA_DIR: folder }, drop: () => rm(folder, { recursive: true, force: true }) }
}

/** Copies the template of the embedded database. @returns the folder of the copy */
export async function copyTemplate(): Promise<string> {
  const template = inject('template')
  const folder = await mkdtemp(join(dirname(template), 'copy-'))
  await cp(template, folder, { recursive: true })
  return folder
}

export async function createOnServer(
  serverUrl: string,
  template = 'template1',
): Promise<TestDatabase & { name: string }> {
  const name = `stillbeat_test_${randomBytes(6).toString('hex')}`
  await asAdmin(serverUrl, `create database ${name} template ${template}`)
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return {
    name,
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
