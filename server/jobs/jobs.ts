import { fromKysely, fromPglite, PgBoss } from 'pg-boss'
import type { OpenDatabase } from '../../db/open.ts'
import { DAY_MS } from '../../db/partitions.ts'
import type { Trx } from '../../db/schema.ts'
import type { Absence } from '../absence.ts'
import { createAlarm } from '../alarm.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'

export interface JobsOptions {
  connection: OpenDatabase['jobsConnection']
  clock: Clock
  log: Log
  absence: Absence
  checkIntervalMs: number
  /** Looks for overdue services and tells when to look again. */
  check: () => Promise<number | null>
  /** Announces what there is to tell, and tells when there will be more. */
  announce: () => Promise<number | null>
  /** The night's work; tells when it is to be done next. */
  tidy: () => Promise<number | null>
}

const TRY_AGAIN_AFTER_MS = 5_000

/** Work that any of the servers may do. */
interface Work {
  /** Asks for it at this moment, unless it is due before. */
  wakeAt(ms: number): void
  /** Asks for it as soon as a transaction has committed. */
  after(trx: Trx): Promise<void>
  begin(): Promise<void>
  end(): void
}

export interface Jobs {
  check: Pick<Work, 'wakeAt'>
  announce: Pick<Work, 'wakeAt' | 'after'>
  /** Takes jobs from now on, and looks at once what there is to do. */
  begin(): Promise<void>
  /** How many jobs wait in each queue, as of the last minute. */
  waiting(): Promise<{ queue: string; waiting: number }[]>
  stop(): Promise<void>
}

/**
 * Connects to the job queue. Each server's alarms ask for work when its moment comes; one of the servers takes the job.
 * Nothing is lost with a job: whoever works next finds in the database what there is to do.
 */
export async function connectJobs(options: JobsOptions): Promise<Jobs> {
  const { connection, absence } = options
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
  try {
    return await connect(boss, options)
  } catch (error) {
    await boss.stop({ graceful: false }).catch(() => {})
    throw error
  }
}

async function connect(boss: PgBoss, options: JobsOptions): Promise<Jobs> {
  await boss.start()
  // Of checks only one waits at a time. Announcing is asked for inside transactions, which must not wait for each other.
  const check = await createWork(boss, options, { name: 'check', policy: 'short', run: options.check })
  const announce = await createWork(boss, options, { name: 'announce', policy: 'standard', run: options.announce })
  const tidy = await createWork(boss, options, {
    name: 'tidy',
    policy: 'short',
    run: options.tidy,
    atLeastEveryMs: DAY_MS,
  })

  return {
    check,
    announce,
    async begin() {
      await check.begin()
      await announce.begin()
      await tidy.begin()
    },
    async waiting() {
      return (await boss.getQueues()).map(({ name, readyCount }) => ({ queue: name, waiting: readyCount }))
    },
    async stop() {
      check.end()
      announce.end()
      tidy.end()
      await boss.stop({ graceful: true, timeout: 3_000 })
    },
  }
}

interface WorkOptions {
  name: 'check' | 'announce' | 'tidy'
  policy: 'short' | 'standard'
  run: () => Promise<number | null>
  /** The check interval, if it is not said. */
  atLeastEveryMs?: number
}

async function createWork(
  boss: PgBoss,
  { clock, log, absence, checkIntervalMs }: JobsOptions,
  { name, policy, run, atLeastEveryMs = checkIntervalMs }: WorkOptions,
): Promise<Work> {
  await boss.createQueue(name, {
    policy,
    notify: true,
    retryLimit: 0,
    expireInSeconds: 60,
    deleteAfterSeconds: 60,
    retentionSeconds: 600,
  })
  const ask = () =>
    boss.send(name, {}).catch((error) => {
      absence.noted(error, `could not ask for a job "${name}"; it is asked for again soon`)
      tryAgain()
    })
  const alarm = createAlarm(clock, atLeastEveryMs, ask)
  const tryAgain = () => alarm.wakeAt(clock.now() + TRY_AGAIN_AFTER_MS)
  return {
    wakeAt: alarm.wakeAt,
    async after(trx) {
      await boss.send(name, {}, { db: fromKysely(trx) })
    },
    async begin() {
      const poll = { batchSize: 100, pollingIntervalSeconds: 2, notifyPollingIntervalSeconds: 15 }
      await boss.work(name, poll, async () => {
        const next = await run().catch((error) => {
          absence.noted(error, `a job "${name}" failed; it is tried again soon`, 'error')
          tryAgain()
          throw error
        })
        log.debug({ next: next === null ? null : new Date(next).toISOString() }, `job "${name}" is done`)
        if (next !== null) alarm.wakeAt(next)
      })
      await ask()
    },
    end: alarm.stop,
  }
}
