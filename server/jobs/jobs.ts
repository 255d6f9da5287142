import { fromKysely, fromPglite, PgBoss } from 'pg-boss'
import type { OpenDatabase } from '../../db/open.ts'
import type { Trx } from '../../db/schema.ts'
import { DAY_MS } from '../../db/units.ts'
import type { Absence } from '../absence.ts'
import { type Alarm, createAlarm } from '../alarm.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'

export interface JobsOptions {
  connection: OpenDatabase['jobsConnection']
  clock: Clock
  log: Log
  absence: Absence
  checkIntervalMs: number
}

/** The handler of each job. It returns when to run next, in epoch milliseconds; `null` if it does not know. */
export interface Handlers {
  check: () => Promise<number | null>
  announce: () => Promise<number | null>
  tidy: () => Promise<number | null>
}

type Handler = Handlers[keyof Handlers]

/** One kind of job, which any of the servers may take. */
interface Work {
  /** Queues the job at a moment, unless it is due earlier. */
  wakeAt(ms: number): void
  /** Queues the job as part of a transaction: some server runs it once that has committed. */
  after(trx: Trx): Promise<void>
  connect(boss: PgBoss, handler: Handler): Promise<void>
  begin(): Promise<void>
  end(): void
}

/**
 * The job queue in the database (pg-boss). When a moment comes, each server's alarm queues a job, and one server takes
 * it. A lost job loses nothing: what there is to do is in the database. So queueing may do nothing before `begin`,
 * which queues every job.
 */
export interface Jobs {
  check: Pick<Work, 'wakeAt'>
  announce: Pick<Work, 'wakeAt' | 'after'>
  /** Connects to the queue. If it throws, it leaves nothing behind and may be called again. */
  connect(handlers: Handlers): Promise<void>
  /** Takes jobs from now on, and queues each of them at once. */
  begin(): Promise<void>
  /** Counts the jobs that wait in each queue, as of the last minute. */
  waiting(): Promise<{ queue: string; waiting: number }[]>
  stop(): Promise<void>
}

const TRY_AGAIN_AFTER_MS = 5_000

export function createJobs(options: JobsOptions): Jobs {
  // `short` lets only one job wait, but transactions that queue it wait for each other, so `announce` is `standard`.
  const check = createWork(options, { name: 'check', policy: 'short' })
  const announce = createWork(options, { name: 'announce', policy: 'standard' })
  const tidy = createWork(options, { name: 'tidy', policy: 'short', atLeastEveryMs: DAY_MS })
  const all = [check, announce, tidy]
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
        connected = boss
      } catch (error) {
        for (const work of all) work.end()
        await boss.stop({ graceful: false }).catch(() => {})
        throw error
      }
    },
    async begin() {
      for (const work of all) await work.begin()
    },
    async waiting() {
      const queues = (await connected?.getQueues()) ?? []
      return queues.map(({ name, readyCount }) => ({ queue: name, waiting: readyCount }))
    },
    async stop() {
      for (const work of all) work.end()
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
          query_timeout: 15_000,
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

interface WorkOptions {
  name: keyof Handlers
  policy: 'short' | 'standard'
  atLeastEveryMs?: number
}

function createWork(
  { clock, log, absence, checkIntervalMs }: JobsOptions,
  { name, policy, atLeastEveryMs = checkIntervalMs }: WorkOptions,
): Work {
  let queue: { boss: PgBoss; handler: Handler; alarm: Alarm } | null = null

  const tryAgain = () => queue?.alarm.wakeAt(clock.now() + TRY_AGAIN_AFTER_MS)

  async function ask(): Promise<void> {
    await queue?.boss.send(name, {}).catch((error) => {
      absence.noted(error, `could not ask for a job "${name}"; it is asked for again soon`)
      tryAgain()
    })
  }

  async function run(handler: Handler): Promise<void> {
    const next = await handler().catch((error) => {
      absence.noted(error, `a job "${name}" failed; it is tried again soon`, 'error')
      tryAgain()
      throw error
    })
    log.debug({ next: next === null ? null : new Date(next).toISOString() }, `job "${name}" is done`)
    if (next !== null) queue?.alarm.wakeAt(next)
  }

  return {
    wakeAt: (ms) => queue?.alarm.wakeAt(ms),
    async after(trx) {
      await queue?.boss.send(name, {}, { db: fromKysely(trx) })
    },
    async connect(boss, handler) {
      await boss.createQueue(name, {
        policy,
        notify: true,
        retryLimit: 0,
        expireInSeconds: 60,
        deleteAfterSeconds: 60,
        retentionSeconds: 600,
      })
      queue = { boss, handler, alarm: createAlarm(clock, atLeastEveryMs, ask) }
    },
    async begin() {
      if (!queue) return
      const { boss, handler } = queue
      const poll = { batchSize: 100, pollingIntervalSeconds: 2, notifyPollingIntervalSeconds: 15 }
      await boss.work(name, poll, () => run(handler))
      await ask()
    },
    end: () => queue?.alarm.stop(),
  }
}
