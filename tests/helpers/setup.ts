import { mkdtemp, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { migrate } from '../../db/migrate.ts'
import { openDatabase } from '../../db/open.ts'
import { createAbsence } from '../../server/absence.ts'
import { readConfig } from '../../server/config.ts'
import { createJobs } from '../../server/jobs/jobs.ts'
import { createLog } from '../../server/log.ts'
import { createTestClock } from './clock.ts'
import { createOnServer, type TestDatabase } from './database.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The template that every test's database is copied from: its name on the server, or its folder. */
    template: string
  }
}

export default async function setup({ config, provide }: TestProject): Promise<() => Promise<void>> {
  const serverUrl: string | undefined = config.env.TEST_DATABASE_URL
  if (serverUrl) {
    const { name, env, drop } = await createOnServer(serverUrl)
    await makeSchema(env)
    provide('template', name)
    return drop
  }
  const home = await mkdtemp(join(await fastFolder(), 'stillbeat-tests-'))
  const template = join(home, 'template')
  await makeSchema({ DATA_DIR: template })
  provide('template', template)
  return () => rm(home, { recursive: true, force: true })
}

async function makeSchema(env: TestDatabase['env']): Promise<void> {
  const database = await openDatabase(readConfig(env).database)
  await migrate(database.db)
  const nothing = async () => null
  const [clock, log] = [createTestClock(), createLog('silent')]
  const jobs = createJobs({
    connection: database.jobsConnection,
    clock,
    log,
    absence: createAbsence({ clock, log, description: database.description }),
    checkIntervalMs: 1,
  })
  await jobs.connect({ check: nothing, announce: nothing, tidy: nothing, backup: nothing })
  await jobs.stop()
  await database.close()
}

const IN_MEMORY = '/dev/shm'
const ROOM_FOR_ALL = 1e9

/** Prefers memory to a disk: each copy is a thousand short-lived files, and ext4 gets slower with each deleted one. */
async function fastFolder(): Promise<string> {
  const { bavail, bsize } = await statfs(IN_MEMORY).catch(() => ({ bavail: 0, bsize: 0 }))
  return bavail * bsize > ROOM_FOR_ALL ? IN_MEMORY : tmpdir()
}
