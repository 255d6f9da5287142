import { fromPglite, PgBoss } from 'pg-boss'
import type { OpenDatabase } from '../../db/open.ts'
import { DAY_MS } from '../../db/units.ts'
import { createQueue, type Handler, type Queue, type QueueOptions } from './queue.ts'

export interface JobsOptions extends QueueOptions {
  connection: OpenDatabase['jobsConnection']
}

/** The handler of each job. */
export interface Handlers {
  check: Handler
  announce: Handler
  tidy: Handler
  /** Only of an embedded database. */
  backup?: Handler
}

/**
 * The job queue in the database (pg-boss). When a moment comes, each server's alarm queues a job, and one server takes
 * it. A lost job loses nothing: what there is to do is in the database. Before `begin`, queueing may therefore do
 * nothing; `begin` queues every job.
 */
export interface Jobs {
  check: Pick<Queue, 'wakeAt'>
  /** It also wakes the couriers, so they ask for it when a message is to be tried again. */
  announce: Pick<Queue, 'wakeAt' | 'after'>
  /** Connects to the queue. If it throws, it leaves nothing behind and may be called again. */
  connect(handlers: Handlers): Promise<void>
  /** Takes jobs from now on, and queues each of them at once. */
  begin(): Promise<void>
  /** Counts the jobs that wait in each queue, as of the last minute. */
  waiting(): Promise<{ queue: string; waiting: number }[]>
  stop(): Promise<void>
}

const LONGEST_BACKUP_SECONDS = 4 * 3_600

export function createJobs(options: JobsOptions): Jobs {
  // `short` lets only one job wait, but transactions that queue it wait for each other, so `announce` is `standard`.
  const check = createQueue(options, { name: 'check', policy: 'short' })
  const announce = createQueue(options, { name: 'announce', policy: 'standard' })
  const tidy = createQueue(options, { name: 'tidy', policy: 'short', atLeastEveryMs: DAY_MS })
  const backup = createQueue(options, {
    name: 'backup',
    policy: 'short',
    atLeastEveryMs: DAY_MS,
    longestSeconds: LONGEST_BACKUP_SECONDS,
  })
  const all = [check, announce, tidy, backup]
  let connected: PgBoss | null = null

  return {
    check,
    announce,
    async connect(handlers) {
      const boss = createBoss(options)
      try {
        await boss.start()
        await check.connect(boss, handlers.check)
        await announce.connect(boss, handlers.announce)
        await tidy.connect(boss, handlers.tidy)
        if (handlers.backup) await backup.connect(boss, handlers.backup)
        connected = boss
      } catch (error) {
        for (const queue of all) queue.disconnect()
        await boss.stop({ graceful: false }).catch(() => {})
        throw error
      }
    },
    async begin() {
      for (const queue of all) await queue.begin()
    },
    async waiting() {
      const queues = (await connected?.getQueues()) ?? []
      return queues.map(({ name, readyCount }) => ({ queue: name, waiting: readyCount }))
    },
    async stop() {
      for (const queue of all) queue.end()
      await connected?.stop({ graceful: true, timeout: 3_000 })
    },
  }
}

function createBoss({ connection, absence }: JobsOptions): PgBoss {
  const boss = new PgBoss({
    ...('url' in connection
      ? {
          connectionString: connection.url,
          max: 4,
          application_name: 'stillbeat-jobs',
          query_timeout: connection.query_timeout,
          onConnect: connection.onConnect,
          keepAlive: true,
        }
      : { db: fromPglite(connection.pglite), backend: 'pglite' as const }),
    useListenNotify: true,
    schedule: false,
    registerInstance: false,
  })
  boss.on('error', (error) => absence.noted(error, 'the job queue has trouble'))
  return boss
}
